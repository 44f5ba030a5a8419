// signet-ratchet(7), "OPENING".

import {
  DAY,
  DH,
  H,
  KDF,
  NONE,
  decapsulate,
  dhKeys,
  encapsulate,
  join,
  same,
  seal,
  unseal,
} from './functions.mjs';
import { fingerprint } from './identity.mjs';
import { SINGLE_USE, parseOffer } from './offer.mjs';
import { ENVELOPE_BYTES, OVERHEAD, newSession, receive } from './session.mjs';

export const ENVELOPES = 16;

export function handshake(oh, iksA, ikdA, e0Public, products, r) {
  if (products.some((dh) => !dh)) return null;
  const keys = KDF(H('open', oh, iksA, ikdA, e0Public), join(...products, r), 'handshake', '', 128);
  return { rk: keys.slice(0, 32), hka: keys.slice(32, 64), nhkb: keys.slice(64, 96), sid: keys.slice(96) };
}

function envelopeKey(oh, e, ct, dhSpk, dhIkd, ss) {
  if (!dhSpk || !dhIkd) return null;
  return KDF(H('env', oh, e, ct), join(dhSpk, dhIkd, ss), 'envelope', '', 32);
}

export function envelope(offer, block, random) {
  const e = dhKeys(random.block());
  const { ct, ss } = encapsulate(offer.pqpk, random.block());
  const key = envelopeKey(offer.hash, e.public, ct, DH(e.secret, offer.spk), DH(e.secret, offer.ikd), ss);
  return key && join(e.public, ct, seal(key, NONE, block));
}

// A opens from an offer that has been checked: { word, session }.
export function start(identity, offerBytes, opened, now, random, envelopes = ENVELOPES) {
  const offer = parseOffer(offerBytes);
  if (same(offer.fp, identity.fp)) return { word: 'malformed' };
  const e0 = dhKeys(random.block());
  const r = random.block();
  const { iks, ikd } = identity;
  const keys = handshake(
    offer.hash,
    iks.public,
    ikd.public,
    e0.public,
    [
      DH(ikd.secret, offer.ikd),
      DH(ikd.secret, offer.spk),
      DH(e0.secret, offer.ikd),
      DH(e0.secret, offer.spk),
    ],
    r,
  );
  if (!keys) return { word: 'malformed' };
  const block = join(Uint8Array.of(1), iks.public, ikd.public, e0.public, r);
  const s = newSession('a', opened, offer.fp, keys, now);
  for (let i = 0; i < envelopes; i++) s.env.push(envelope(offer, block, random));
  if (s.env.some((e) => !e)) return { word: 'malformed' };
  s.nhks = keys.hka;
  s.nhkr = keys.nhkb;
  s.dhr = offer.spk.slice();
  s.needSend = true;
  return { word: 'ok', session: s };
}

export const openBlock = (identity, offer, e, ct, sealed) => {
  const dhSpk = DH(offer.spk.secret, e);
  const dhIkd = DH(identity.ikd.secret, e);
  if (!dhSpk || !dhIkd) return null;
  const oh = H('offer', offer.bytes);
  return unseal(envelopeKey(oh, e, ct, dhSpk, dhIkd, decapsulate(offer.pqSeed, ct)), NONE, sealed);
};

// B tries a message as an opening with live offers of his own. `tombstones` is an array of those stored.
// The answer is as receive's, and if the word is 'ok' also has which offer was answered, the tombstone, and whether
// the offer is used up.
export function open(identity, offers, tombstones, wire, now) {
  if (wire.length < ENVELOPE_BYTES + OVERHEAD) return { word: 'not-for-us' };
  const e = wire.subarray(0, 32);
  const ct = wire.subarray(32, 1120);
  const sealed = wire.subarray(1120, ENVELOPE_BYTES);
  for (const offer of offers) {
    const block = openBlock(identity, offer, e, ct, sealed);
    if (!block) continue;
    if (block[0] !== 1) return { word: 'unsupported' };
    const [iksA, ikdA, e0, r] = [1, 33, 65, 97].map((at) => block.subarray(at, at + 32));
    const peer = fingerprint(iksA, ikdA);
    if (same(peer, identity.fp)) continue;
    if (offer.only && !same(peer, offer.only)) return { word: 'not-for-us' };
    const keys = handshake(
      H('offer', offer.bytes),
      iksA,
      ikdA,
      e0,
      [
        DH(identity.ikd.secret, ikdA),
        DH(offer.spk.secret, ikdA),
        DH(identity.ikd.secret, e0),
        DH(offer.spk.secret, e0),
      ],
      r,
    );
    if (!keys) continue;
    const tombstone = H('seen', keys.sid).slice(0, 16);
    if (tombstones.some((t) => same(t, tombstone))) return { word: 'duplicate-or-expired' };

    const s = newSession('b', null, peer, keys, now);
    s.dhs = offer.spk;
    s.nhkr = keys.hka;
    s.nhks = keys.nhkb;
    const { session, ...got } = receive(s, wire, now);
    if (got.word === 'not-for-us') return { word: 'corrupt' };
    if (got.word !== 'ok') return { word: got.word };
    if (session.opened > now + DAY) return { word: 'clock' };
    return { ...got, session, peer, answered: offer, tombstone, usedUp: offer.kind === SINGLE_USE };
  }
  return { word: 'not-for-us' };
}
