// The functions of signet-ratchet(7), under "Notation", "Functions", "Seal" and "Randomness".

import { randomBytes } from 'node:crypto';
import { xchacha20 } from '@noble/ciphers/chacha.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';

export const NONE = new Uint8Array(0);
export const DAY = 86400000n; // in milliseconds, as all times are

const ascii = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const bytes = (x) => (typeof x === 'string' ? ascii(x) : x);

export function join(...parts) {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

// An integer as n bytes, and back.
export function int(n, value) {
  const out = new Uint8Array(n);
  let rest = BigInt(value);
  for (let i = 0; i < n; i++, rest >>= 8n) out[i] = Number(rest & 255n);
  return out;
}

export const bigAt = (x, at, n) => x.subarray(at, at + n).reduceRight((v, b) => (v << 8n) | BigInt(b), 0n);
export const intAt = (x, at, n) => Number(bigAt(x, at, n));

export function same(x, y) {
  if (!x || !y || x.length !== y.length) return false;
  let different = 0;
  for (let i = 0; i < x.length; i++) different |= x[i] ^ y[i];
  return different === 0;
}

// Whether a time is before now by more than a span.
export const past = (time, span, now) => now - time > span;

export const label = (l) => join(ascii('ratchet/v1 '), ascii(l), Uint8Array.of(0));
export const H = (l, ...x) => blake2b(join(label(l), ...x.map(bytes)), { dkLen: 32 });
export const PRF64 = (key, l) => blake2b(label(l), { key, dkLen: 64 });
export const KDF = (salt, ikm, l, ctx, n) =>
  hkdf(sha512, bytes(ikm), bytes(salt), join(label(l), bytes(ctx)), n);

// The product, or null where it is all zeros.
export function DH(secret, point) {
  try {
    const shared = x25519.scalarMult(secret, point);
    return shared.some((b) => b) ? shared : null;
  } catch {
    return null;
  }
}

export const dhKeys = (secret) => ({ secret, public: x25519.getPublicKey(secret) });
export const signKeys = (seed) => ({ seed, public: ed25519.getPublicKey(seed) });
export const sign = (seed, message) => ed25519.sign(message, seed);

const wholeOrder = (encoding) => {
  const point = ed25519.Point.fromBytes(encoding, false);
  return point.isTorsionFree() && !point.isSmallOrder();
};

export function validSignature(signature, message, key) {
  try {
    return (
      ed25519.verify(signature, message, key, { zip215: false }) &&
      wholeOrder(key) &&
      wholeOrder(signature.subarray(0, 32))
    );
  } catch {
    return false;
  }
}

// The peer's release does not see to this itself.
export function canonical(kemKey) {
  for (let i = 0; i < 1152; i += 3) {
    const even = kemKey[i] | ((kemKey[i + 1] & 15) << 8);
    const odd = (kemKey[i + 1] >> 4) | (kemKey[i + 2] << 4);
    if (even >= 3329 || odd >= 3329) return false;
  }
  return kemKey.length === 1184;
}

export const kemKeys = (seed) => ml_kem768.keygen(seed);
export const encapsulate = (key, m) => {
  const { cipherText, sharedSecret } = ml_kem768.encapsulate(key, m);
  return { ct: cipherText, ss: sharedSecret };
};
export const decapsulate = (seed, ct) => ml_kem768.decapsulate(ct, kemKeys(seed).secretKey);

function sealer(key, ad) {
  const k = PRF64(key, 'seal');
  return {
    tag: (plain) => blake2b(join(int(8, ad.length), ad, plain), { key: k.subarray(0, 32), dkLen: 32 }),
    mask: (tag, text) => xchacha20(k.subarray(32), tag.subarray(0, 24), text),
  };
}

export function seal(key, ad, plain) {
  const s = sealer(key, ad);
  const tag = s.tag(plain);
  return join(tag, s.mask(tag, plain));
}

// The plaintext, or null if it is not authentic.
export function unseal(key, ad, sealed) {
  if (sealed.length < 32) return null;
  const s = sealer(key, ad);
  const tag = sealed.subarray(0, 32);
  const plain = s.mask(tag, sealed.subarray(32));
  return same(tag, s.tag(plain)) ? plain : null;
}

// Where random blocks of 32 bytes come from: the system, or a tape of them.
export const systemRandom = {
  block: () => new Uint8Array(randomBytes(32)),
};

export class Tape {
  constructor(blocks = NONE) {
    this.rest = blocks;
  }
  add(blocks) {
    this.rest = join(this.rest, blocks);
  }
  block() {
    if (this.rest.length < 32) throw new Error('the tape has ended');
    const block = this.rest.slice(0, 32);
    this.rest = this.rest.subarray(32);
    return block;
  }
}

export const drawSeed = (random) => join(random.block(), random.block());
