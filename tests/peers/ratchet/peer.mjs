// The line protocol of tests/peers/ratchet_driver.c, spoken by this implementation: what the driver
// answers to a command, and what this answers, must be the same text.

import { Tape, seal, unseal } from './functions.mjs';
import { Fragments, cut } from './fragments.mjs';
import { newIdentity } from './identity.mjs';
import { checkOffer, newOffer, parseOffer } from './offer.mjs';
import { open, start } from './opening.mjs';
import { receive, rekey, send, trust } from './session.mjs';
import { scan, token } from './tokens.mjs';

// One word of a command or an answer.
export function word(x) {
  if (x === undefined || x === null || x.length === 0) return '-';
  if (x === true || x === false) return x ? '1' : '0';
  return x instanceof Uint8Array ? Buffer.from(x).toString('hex') : String(x);
}

const received = (got) => [got.late ? 'late' : 'ok', got.n, got.gap, got.ep, got.time, got.text, got.offer];

export class Peer {
  constructor() {
    this.reset();
  }

  // The answer to a command, whose words are numbers, texts, and bytes.
  ask(name, ...words) {
    const [first, ...rest] = [this[name](...words)].flat();
    return [first === 'ok' ? 'ok' : `no ${first}`, ...rest.map(word)].join(' ');
  }

  reset() {
    this.random = new Tape();
    this.parties = [];
    this.sessions = [];
    this.fragments = new Fragments();
    return 'ok';
  }

  tape(blocks) {
    this.random.add(blocks);
    return 'ok';
  }

  left() {
    return ['ok', this.random.rest.length];
  }

  identity(p) {
    const id = newIdentity(this.random);
    this.parties[p] = { id, offers: [], tombstones: [] };
    return ['ok', id.iks.public, id.ikd.public, id.fp];
  }

  offer(p, o, kind, notAfter, only) {
    const offer = newOffer(this.parties[p].id, kind, notAfter, this.random, only);
    this.parties[p].offers[o] = offer;
    return ['ok', offer.bytes];
  }

  revoke(p, o) {
    delete this.parties[p].offers[o];
    return 'ok';
  }

  check(bytes, today) {
    const answer = checkOffer(bytes, today);
    if (answer !== 'ok') return answer;
    const { kind, notAfter, fp } = parseOffer(bytes);
    return ['ok', kind, notAfter, fp];
  }

  start(p, s, offer, opened, envelopes, now) {
    const got = start(this.parties[p].id, offer, opened, now, this.random, envelopes);
    if (got.word !== 'ok') return got.word;
    this.sessions[s] = got.session;
    return ['ok', got.session.sid];
  }

  send(s, now, floor, flags, text, offer) {
    const message = {
      text: text ?? undefined,
      offer: offer ?? undefined,
      floor,
      time: (flags & 1) !== 0,
      force: (flags & 2) !== 0,
    };
    const got = send(this.sessions[s], message, now, this.random);
    this.sessions[s] = got.session;
    return got.word === 'ok' ? ['ok', got.wire, got.n, got.ep] : got.word;
  }

  rekey(s) {
    this.sessions[s] = rekey(this.sessions[s]);
    return 'ok';
  }

  receive(s, now, wire) {
    const got = receive(this.sessions[s], wire, now);
    this.sessions[s] = got.session;
    return got.word === 'ok' ? ['ok', ...received(got)] : got.word;
  }

  open(p, s, now, wire) {
    const party = this.parties[p];
    const got = open(party.id, Object.values(party.offers), party.tombstones, wire, now);
    if (got.word !== 'ok') return got.word;
    this.sessions[s] = got.session;
    party.tombstones.push(got.tombstone);
    if (got.usedUp) delete party.offers[party.offers.indexOf(got.answered)];
    return ['ok', ...received(got), got.peer, got.session.opened, got.answered.kind];
  }

  copy(s, t) {
    this.sessions[t] = this.sessions[s];
    return 'ok';
  }

  accept(s) {
    this.sessions[s] = trust(this.sessions[s]);
    return 'ok';
  }

  state(slot) {
    const s = this.sessions[slot];
    const since = s.pq.phase === 'ready' ? 0 : s.pq.since; // it means nothing any more
    return [
      'ok',
      s.role,
      s.sid,
      s.opened,
      s.suspect,
      s.asked,
      s.rk,
      s.needSend,
      s.ns,
      s.pn,
      s.epS,
      s.nr,
      s.epR,
      s.rootEp,
      s.pq.phase,
      s.pq.e,
      s.pq.count,
      since,
      0,
      s.skipped.length,
      s.old.length,
      s.env.length,
      s.bad.length,
    ];
  }

  wrap(kind, bytes) {
    return ['ok', token(kind, bytes)];
  }

  scan(text) {
    const found = scan(text);
    return ['ok', found.length, ...found.flatMap(({ kind, bytes }) => [kind, bytes])];
  }

  split(wire, characters) {
    const pieces = cut(wire, characters);
    return pieces ? ['ok', pieces.length, ...pieces.map((f) => token('f', f))] : 'too-long';
  }

  join(now, fragment) {
    const got = this.fragments.add(fragment, now);
    if (got.word === 'ok') return ['ok', 'whole', got.wire];
    return got.word === 'partial' ? ['ok', 'partial'] : got.word;
  }

  seal(key, ad, plain) {
    return ['ok', seal(key, ad, plain)];
  }

  unseal(key, ad, sealed) {
    const plain = unseal(key, ad, sealed);
    return plain ? ['ok', plain] : 'corrupt';
  }
}
