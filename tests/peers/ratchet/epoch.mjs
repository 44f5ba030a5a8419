// signet-ratchet(7), "EPOCHS". The functions change s.pq and s.asked of the session they are given.

import { DAY, H, KDF, NONE, decapsulate, drawSeed, encapsulate, int, join, kemKeys } from './functions.mjs';
import { PQ_CT, PQ_EK, REKEY, item } from './items.mjs';

const LAST = 65535; // an epoch that is never offered

export function nextEpoch(s, now) {
  const e = s.rootEp + 1;
  const offers = s.role === (e % 2 ? 'b' : 'a');
  s.pq = { e, phase: offers ? 'idle' : 'wait-ek', count: 0, last: now, fresh: false, since: 0 };
}

const secret = (s, ss, ek, ct) => KDF(s.sid, ss, 'pq', join(int(2, s.pq.e), H('ek', ek), H('ct', ct)), 32);

// Whether what a phase has to send goes into this message.
function attach(s) {
  const pq = s.pq;
  const yes = pq.fresh || s.ns === 0 || pq.since >= 8;
  pq.fresh = false;
  pq.since = yes ? 0 : pq.since + 1;
  return yes;
}

// The item of this that a message to be sent carries, or no bytes.
export function epochSends(s, now, random) {
  const pq = s.pq;
  if (
    pq.phase === 'idle' &&
    pq.e !== LAST &&
    (pq.e === 1 || pq.count >= 32 || now - pq.last >= DAY || s.asked)
  ) {
    pq.seed = drawSeed(random);
    pq.ek = kemKeys(pq.seed).publicKey;
    pq.fresh = true;
    s.asked = false;
    pq.phase = 'offering';
  }
  if (pq.phase === 'pending') {
    const { ct, ss } = encapsulate(pq.ek, random.block());
    pq.ct = ct;
    pq.K = secret(s, ss, pq.ek, ct);
    delete pq.ek;
    pq.fresh = true;
    pq.phase = 'answering';
  }
  if (pq.phase === 'offering' && attach(s)) return item(PQ_EK, join(int(2, pq.e), pq.ek));
  if (pq.phase === 'answering' && attach(s)) return item(PQ_CT, join(int(2, pq.e), pq.ct));
  if (pq.phase === 'wait-ek' && s.asked) return item(REKEY, NONE);
  return NONE;
}

export function epochReceives(s, items) {
  const pq = s.pq;
  if (items.rekey && pq.phase === 'idle') s.asked = true;
  if (items.ct && pq.phase === 'offering' && items.ct.e === pq.e) {
    pq.K = secret(s, decapsulate(pq.seed, items.ct.bytes), pq.ek, items.ct.bytes);
    delete pq.seed;
    delete pq.ek;
    pq.phase = 'ready';
  }
  if (items.ek && pq.phase === 'wait-ek' && items.ek.e === pq.e) {
    pq.ek = items.ek.bytes;
    s.asked = false;
    pq.phase = 'pending';
  }
}
