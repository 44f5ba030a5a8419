// signet-ratchet(7), "Lengths" and "Items".

import { bigAt, canonical, int, intAt, join } from './functions.mjs';
import { OFFER_BYTES } from './offer.mjs';

export const CLASSES = [
  256, 512, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 12288, 16384, 24576, 32768, 49152, 65536,
];
export const TEXT_MAX = 64119;

export const TEXT = 1,
  PQ_EK = 2,
  PQ_CT = 3,
  TIME = 4,
  OFFER = 5,
  OPENED = 6,
  REKEY = 7;

const LENGTHS = {
  [PQ_EK]: 2 + 1184,
  [PQ_CT]: 2 + 1088,
  [TIME]: 8,
  [OFFER]: OFFER_BYTES,
  [OPENED]: 8,
  [REKEY]: 0,
};
const rightLength = (type, n) => (type === TEXT ? n >= 1 && n <= TEXT_MAX : LENGTHS[type] === n);

export const item = (type, value) => join(Uint8Array.of(type), int(2, value.length), value);

// The length of the wire for so many bytes beside the items, or undefined.
export const classFor = (n, floor = 0) => CLASSES.find((size) => size >= n && size >= floor);

// What a body says: { word: 'ok', text, ek, ct, time, offer, opened, rekey } with what there is, or
// only the word for its first fault. `opened` is what OPENED must be: undefined if it must not be
// there, null if any value will do.
export function parseItems(plain, opened) {
  const found = {};
  const fault = (word) => ({ word });
  let at = 0;
  while (at < plain.length && plain[at] !== 0) {
    const type = plain[at];
    if (plain.length - at < 3) return fault('malformed');
    const n = intAt(plain, at + 1, 2);
    const value = plain.subarray(at + 3, at + 3 + n);
    if (value.length !== n || type in found) return fault('malformed');
    if (type >= 0x80) return fault('unsupported');
    if (type <= REKEY && !rightLength(type, n)) return fault('malformed');
    if (type === PQ_EK || type === PQ_CT) {
      const e = intAt(value, 0, 2);
      if (e === 0 || e === 65535) return fault('malformed');
      if (type === PQ_EK && !canonical(value.subarray(2))) return fault('malformed');
    }
    if (type === OPENED) {
      if (opened === undefined) return fault('malformed');
      if (opened !== null && bigAt(value, 0, 8) !== opened) return fault('malformed');
    }
    found[type] = value;
    at += 3 + n;
  }
  if (plain.subarray(at).some((b) => b)) return fault('malformed');
  if (opened !== undefined && !(OPENED in found)) return fault('malformed');
  const pq = (value) => value && { e: intAt(value, 0, 2), bytes: value.slice(2) };
  return {
    word: 'ok',
    text: found[TEXT]?.slice(),
    ek: pq(found[PQ_EK]),
    ct: pq(found[PQ_CT]),
    time: found[TIME] && bigAt(found[TIME], 0, 8),
    offer: found[OFFER]?.slice(),
    opened: found[OPENED] && bigAt(found[OPENED], 0, 8),
    rekey: REKEY in found,
  };
}
