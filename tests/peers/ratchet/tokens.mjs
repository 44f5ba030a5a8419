// signet-ratchet(7), "TEXT", up to "Fragments".

import { CLASSES } from './items.mjs';
import { OFFER_BYTES } from './offer.mjs';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUE = new Int8Array(256).fill(-1);
[...ALPHABET].forEach((c, i) => {
  VALUE[c.charCodeAt(0)] = i;
});
const PASSED_OVER = new Set([' ', '\r', '\n', '\t', '>'].map((c) => c.charCodeAt(0)));
const DOT = '.'.charCodeAt(0);

const fits = {
  m: (n) => CLASSES.includes(n),
  o: (n) => n === OFFER_BYTES,
  f: (n) => n >= 11 && n <= 49152,
};

// kind: m, o or f.
export const token = (kind, bytes) => `rt1${kind}.${Buffer.from(bytes).toString('base64url')}.`;

// The bytes of base64url values, or null if it is not canonical.
function decode(values) {
  const tail = values.length % 4;
  if (tail === 1) return null;
  const out = new Uint8Array(Math.floor((values.length * 3) / 4));
  let bits = 0,
    have = 0,
    at = 0;
  for (const v of values) {
    bits = (bits << 6) | v;
    have += 6;
    if (have >= 8) {
      have -= 8;
      out[at++] = bits >> have;
      bits &= (1 << have) - 1;
    }
  }
  return bits === 0 ? out : null;
}

// The tokens in text, which is bytes: [{ kind, bytes }], in their order.
export function scan(text) {
  const found = [];
  const input = Buffer.from(text);
  for (let at = input.indexOf('rt1'); at >= 0; at = input.indexOf('rt1', at + 1)) {
    const kind = String.fromCharCode(input[at + 3]);
    if (!(kind in fits) || input[at + 4] !== DOT) continue;
    const values = [];
    let i = at + 5;
    for (; i < input.length; i++) {
      if (VALUE[input[i]] >= 0) values.push(VALUE[input[i]]);
      else if (!PASSED_OVER.has(input[i])) break;
    }
    const bytes = input[i] === DOT ? decode(values) : null;
    if (bytes && fits[kind](bytes.length)) found.push({ kind, bytes });
  }
  return found;
}
