// signet-ratchet(7), "MESSAGES" and "RATCHET".
//
// A session is a plain object. Sending and receiving work on a copy of it, which they hand back:
// { word, session, ... }; the session in the answer is the one to store, whatever the word.

import {
  DAY,
  DH,
  H,
  KDF,
  NONE,
  PRF64,
  dhKeys,
  int,
  intAt,
  join,
  past,
  same,
  seal,
  unseal,
} from './functions.mjs';
import { epochReceives, epochSends, nextEpoch } from './epoch.mjs';
import { CLASSES, OFFER, OPENED, TEXT, TEXT_MAX, TIME, classFor, item, parseItems } from './items.mjs';
import { checkOffer, dayOf, parseOffer } from './offer.mjs';

export const ENVELOPE_BYTES = 1281;
const HEADER_BYTES = 76;
const SEAL_BYTES = 32;
export const OVERHEAD = HEADER_BYTES + SEAL_BYTES;

const CHAIN_MAX = 20000;
const SKIPPED_MAX = 1000;
const OLD_MAX = 32;
const KEPT = 30n * DAY;
const HOUR = 3600000n;
const Z32 = new Uint8Array(32);

export function newSession(role, opened, peer, keys, now) {
  const s = {
    role,
    opened,
    peer,
    sid: keys.sid,
    rk: keys.rk,
    dhs: null,
    dhr: null,
    hks: null,
    nhks: null,
    cks: null,
    ns: 0,
    pn: 0,
    epS: 0,
    hkr: null,
    nhkr: null,
    ckr: null,
    nr: 0,
    epR: 0,
    needSend: false,
    rootEp: 0,
    old: [],
    skipped: [],
    env: [],
    envUsed: false,
    suspect: false,
    bad: [],
    asked: false,
  };
  nextEpoch(s, now);
  return s;
}

// Values are never changed in place, so a copy of the containers is a copy.
export const copy = (s) => ({
  ...s,
  old: [...s.old],
  skipped: [...s.skipped],
  env: [...s.env],
  bad: [...s.bad],
  pq: { ...s.pq },
});

function root(s, dh, K, ep, ab, creator, other) {
  const keys = KDF(s.rk, join(dh, K), 'root', join(int(2, ep), Uint8Array.of(ab), creator, other), 96);
  s.rk = keys.slice(0, 32);
  return [keys.slice(32, 64), keys.slice(64)];
}

export function chain(key) {
  const y = PRF64(key, 'chain');
  return [y.slice(0, 32), y.slice(32)];
}

// ---- sending ------------------------------------------------------------------------------------

export function beginChain(s, now, random) {
  s.pn = s.ns;
  s.ns = 0;
  s.hks = s.nhks;
  s.dhs = dhKeys(random.block());
  const absorb = s.pq.phase === 'ready';
  const K = absorb ? s.pq.K : Z32;
  if (absorb) s.rootEp = s.pq.e;
  [s.cks, s.nhks] = root(s, DH(s.dhs.secret, s.dhr), K, s.rootEp, absorb ? 1 : 0, s.dhs.public, s.dhr);
  s.epS = s.rootEp;
  s.needSend = false;
  if (absorb) nextEpoch(s, now);
}

// message: { text, offer, time, floor, force }, all of which can be absent; time is whether to send it.
export function send(before, message, now, random) {
  const { text = NONE, offer, time = false, floor = 0, force = false } = message;
  const refuse = (word) => ({ word, session: before });
  if (text.length > TEXT_MAX) return refuse('too-long');
  if (before.suspect && !force) return refuse('suspect');
  if (before.envUsed && !force) return refuse('unanswered');
  if (!before.needSend && before.ns >= CHAIN_MAX) return refuse('chain-full');

  const s = copy(before);
  if (s.needSend) beginChain(s, now, random);
  const pqItem = epochSends(s, now, random);
  const env = s.env.length ? s.env[0] : NONE;
  const opening = env.length ? item(OPENED, int(8, s.opened)) : NONE;
  const sent = time ? item(TIME, int(8, now)) : NONE;
  const words = text.length ? item(TEXT, text) : NONE;
  let items = join(opening, pqItem, sent, offer ? item(OFFER, offer) : NONE, words);
  const beside = env.length + OVERHEAD;
  if (!classFor(beside + items.length)) items = join(opening, pqItem, sent, words);
  const size = classFor(beside + items.length, floor);
  if (!size) return refuse('too-long');
  const plain = join(items, new Uint8Array(size - beside - items.length));

  if (s.env.length > 1) s.env.shift();
  else if (s.env.length) s.envUsed = true;
  return { word: 'ok', session: s, ...write(s, env, plain) };
}

// Seals the next message of the chain. `forged` can name parts of the header that differ from what
// they are, which only a test has a use for.
export function write(s, env, plain, forged = {}) {
  const { dh, pn, n, ep, flags } = { dh: s.dhs.public, pn: s.pn, n: s.ns, ep: s.epS, flags: 0, ...forged };
  let mk;
  [s.cks, mk] = chain(s.cks);
  const hdr = seal(s.hks, s.sid, join(dh, int(4, pn), int(4, n), int(2, ep), int(2, flags)));
  const body = seal(mk, join(s.sid, env, hdr), plain);
  s.ns++;
  s.pq.count++;
  return { wire: join(env, hdr, body), n, ep };
}

// ---- receiving ----------------------------------------------------------------------------------

// The failure of a message whose header has opened.
class Failure extends Error {
  constructor(word) {
    super(word);
    this.word = word;
  }
}

const keysOf = (s, hk) => s.skipped.some((k) => same(k.hk, hk));
const dropKeysOf = (s, hk) => {
  s.skipped = s.skipped.filter((k) => !same(k.hk, hk));
};
const dropEmpty = (s) => {
  s.old = s.old.filter((c) => keysOf(s, c.hk));
};

function purge(s, now) {
  s.skipped = s.skipped.filter((k) => !past(k.time, KEPT, now));
  for (const c of s.old) if (past(c.time, KEPT, now)) dropKeysOf(s, c.hk);
  dropEmpty(s);
}

function skipTo(s, n, now) {
  const from = s.nr;
  let mk;
  while (s.nr < n) {
    [s.ckr, mk] = chain(s.ckr);
    if (n - s.nr <= SKIPPED_MAX) s.skipped.push({ hk: s.hkr, n: s.nr, mk, time: now });
    s.nr++;
  }
  const over = s.skipped.length - SKIPPED_MAX;
  if (over > 0) {
    s.skipped.splice(0, over);
    dropEmpty(s);
  }
  return s.nr - from;
}

// The key of a message on a chain that is there already.
function keyOnChain(s, which, header, now, got) {
  const current = which === s.hkr;
  const theirs = current ? { dh: s.dhr, ep: s.epR } : s.old.find((c) => c.hk === which);
  if (!same(header.dh, theirs.dh) || header.ep !== theirs.ep) throw new Failure(current ? 'fork' : 'corrupt');
  if (current && header.n >= s.nr) {
    got.gap += skipTo(s, header.n, now);
    return null;
  }
  const at = s.skipped.findIndex((k) => k.n === header.n && same(k.hk, which));
  if (at < 0) throw new Failure('duplicate-or-expired');
  const [{ mk }] = s.skipped.splice(at, 1);
  dropEmpty(s);
  got.late = true;
  return mk;
}

function peerBegan(s, header, now, got) {
  const fork = (bad) => {
    if (bad) throw new Failure('fork');
  };
  fork(s.needSend || !s.dhs);
  const absorb = header.ep === s.rootEp + 1 && s.pq.phase === 'answering' && s.pq.e === header.ep;
  fork(header.ep !== s.rootEp && !absorb);
  fork(s.ckr ? header.pn < s.nr : header.pn !== 0);
  if (s.ckr) {
    got.gap += skipTo(s, header.pn, now);
    if (keysOf(s, s.hkr)) s.old.push({ hk: s.hkr, dh: s.dhr, ep: s.epR, time: now });
    while (s.old.length > OLD_MAX) dropKeysOf(s, s.old.shift().hk);
  }
  s.hkr = s.nhkr;
  s.dhr = header.dh;
  s.rootEp = header.ep;
  const shared = DH(s.dhs.secret, header.dh);
  if (!shared) throw new Failure('corrupt');
  const K = absorb ? s.pq.K : Z32;
  [s.ckr, s.nhkr] = root(s, shared, K, header.ep, absorb ? 1 : 0, header.dh, s.dhs.public);
  s.dhs = s.hks = s.cks = null;
  s.nr = 0;
  s.epR = header.ep;
  s.needSend = true;
  if (absorb) nextEpoch(s, now);
  got.gap += skipTo(s, header.n, now);
}

// The header key that opens the header at an offset, and what it says; or null.
function findHeader(s, wire, offset) {
  const hdr = wire.subarray(offset, offset + HEADER_BYTES);
  for (const hk of [s.hkr, s.nhkr, ...s.old.map((c) => c.hk)]) {
    const plain = hk && unseal(hk, s.sid, hdr);
    if (plain) {
      return {
        hk,
        offset,
        hdr,
        dh: plain.slice(0, 32),
        pn: intAt(plain, 32, 4),
        n: intAt(plain, 36, 4),
        ep: intAt(plain, 40, 2),
        flags: intAt(plain, 42, 2),
      };
    }
  }
  return null;
}

const offerCounts = (s, offer, now) =>
  checkOffer(offer, dayOf(now)) === 'ok' && same(parseOffer(offer).fp, s.peer);

function accept(s, header, wire, now) {
  const got = { n: header.n, ep: header.ep, gap: 0, late: false };
  if (header.flags !== 0) throw new Failure('unsupported');
  if (header.n >= CHAIN_MAX || header.pn > CHAIN_MAX) throw new Failure('too-far');
  let mk = null;
  if (header.hk === s.nhkr) peerBegan(s, header, now, got);
  else mk = keyOnChain(s, header.hk, header, now, got);
  if (!mk) {
    [s.ckr, mk] = chain(s.ckr);
    s.nr++;
  }
  const end = header.offset + HEADER_BYTES;
  const plain = unseal(mk, join(s.sid, wire.subarray(0, end)), wire.subarray(end));
  if (!plain) throw new Failure('corrupt');
  const items = parseItems(plain, header.offset ? s.opened : undefined);
  if (items.word !== 'ok') throw new Failure(items.word);

  epochReceives(s, items);
  s.pq.count++;
  s.env = [];
  s.envUsed = false;
  s.bad = [];
  if (s.opened === null) s.opened = items.opened;
  if (items.offer && !offerCounts(s, items.offer, now)) items.offer = undefined;
  if (items.time !== undefined && past(items.time, HOUR, now)) got.late = true;
  return { ...got, text: items.text, time: items.time, offer: items.offer };
}

// A message tried in one session. The word is 'not-for-us' when its header does not open here.
// A new session of B's, whose `opened` is null, has its first message after an envelope.
export function receive(before, wire, now) {
  if (!CLASSES.includes(wire.length)) return { word: 'malformed', session: before };
  const s = copy(before);
  purge(s, now);
  const long = s.role === 'b' && wire.length >= ENVELOPE_BYTES + OVERHEAD;
  const header =
    (s.opened !== null && findHeader(s, wire, 0)) || (long && findHeader(s, wire, ENVELOPE_BYTES));
  if (!header) return { word: 'not-for-us', session: before };
  const old = header.hk !== s.hkr && header.hk !== s.nhkr;
  try {
    return { word: 'ok', ...accept(s, header, wire, now), session: s };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const marked = { ...before };
    if (error.word === 'fork') marked.suspect = true;
    if (error.word === 'corrupt' && !old) {
      const mark = H('bad', header.hdr).slice(0, 8);
      if (before.bad.length < 3 && !before.bad.some((b) => same(b, mark))) marked.bad = [...before.bad, mark];
    }
    return { word: error.word, session: marked };
  }
}

export const rekey = (s) => ({ ...copy(s), asked: true });
export const trust = (s) => ({ ...copy(s), suspect: false });
