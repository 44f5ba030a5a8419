// signet-ratchet(7), "OFFERS".

import {
  DAY,
  H,
  canonical,
  dhKeys,
  drawSeed,
  int,
  intAt,
  join,
  kemKeys,
  label,
  sign,
  validSignature,
} from './functions.mjs';
import { fingerprint } from './identity.mjs';

export const OFFER_BYTES = 1352;
export const SINGLE_USE = 1;
export const REUSABLE = 2;

// An offer's bytes and secrets; `only` limits it to a fingerprint.
export function newOffer(identity, kind, notAfter, random, only = null) {
  const spk = dhKeys(random.block());
  const pqSeed = drawSeed(random);
  const body = join(
    Uint8Array.of(1, 1, kind, 0),
    int(4, notAfter),
    identity.iks.public,
    identity.ikd.public,
    spk.public,
    kemKeys(pqSeed).publicKey,
  );
  return {
    bytes: join(body, sign(identity.iks.seed, join(label('offer'), body))),
    kind,
    notAfter,
    spk,
    pqSeed,
    only,
  };
}

export function parseOffer(bytes) {
  const iks = bytes.subarray(8, 40);
  const ikd = bytes.subarray(40, 72);
  return {
    version: bytes[0],
    suite: bytes[1],
    kind: bytes[2],
    highest: bytes[3],
    notAfter: intAt(bytes, 4, 4),
    iks,
    ikd,
    fp: fingerprint(iks, ikd),
    spk: bytes.subarray(72, 104),
    pqpk: bytes.subarray(104, 1288),
    hash: H('offer', bytes),
  };
}

// 'ok', or the word for what is wrong with it.
export function checkOffer(bytes, today) {
  if (bytes.length !== OFFER_BYTES) return 'malformed';
  const offer = parseOffer(bytes);
  if (offer.version !== 1 || offer.suite !== 1) return 'unsupported';
  if (offer.kind !== SINGLE_USE && offer.kind !== REUSABLE) return 'malformed';
  if (offer.notAfter < today) return 'expired';
  if (!canonical(offer.pqpk)) return 'malformed';
  const signed = join(label('offer'), bytes.subarray(0, 1288));
  return validSignature(bytes.subarray(1288), signed, offer.iks) ? 'ok' : 'corrupt';
}

export const dayOf = (now) => Number(now / DAY);

// Whether the secrets of an offer of one's own are still to be kept.
export const isLive = (offer, today) => today <= offer.notAfter + (offer.kind === SINGLE_USE ? 7 : 30);
