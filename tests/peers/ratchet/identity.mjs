// signet-ratchet(7), "IDENTITY".

import { H, dhKeys, signKeys } from './functions.mjs';

export const fingerprint = (iks, ikd) => H('identity', iks, ikd);

export function newIdentity(random) {
  const iks = signKeys(random.block());
  const ikd = dhKeys(random.block());
  return { iks, ikd, fp: fingerprint(iks.public, ikd.public) };
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

// As people compare it: 25 bytes in 8 groups of 5 characters.
export function fingerprintText(fp) {
  const bits = [...fp.subarray(0, 25)].map((b) => b.toString(2).padStart(8, '0')).join('');
  return bits
    .match(/.{25}/g)
    .map((group) =>
      group
        .match(/.{5}/g)
        .map((five) => BASE32[parseInt(five, 2)])
        .join(''),
    )
    .join(' ');
}
