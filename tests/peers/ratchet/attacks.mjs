// What must be refused, and what lies on either side of each limit: both implementations are shown
// the same, and must say the same word, which is written here.

import {
  DAY, DH, NONE, Tape, canonical, dhKeys, int, join, kemKeys, label, sign, systemRandom,
} from './functions.mjs';
import { OFFER, OPENED, PQ_CT, PQ_EK, REKEY, TEXT, TIME, item } from './items.mjs';
import { newOffer, parseOffer } from './offer.mjs';
import { envelope, handshake, openBlock } from './opening.mjs';
import { OVERHEAD, beginChain, chain, copy, newSession, receive, write } from './session.mjs';
import { readReceived, toBytes } from './world.mjs';

const NOW = 1800000000000n;
const TODAY = Number(NOW / DAY);
const ascii = (text) => new TextEncoder().encode(text);

// The points of X25519 whose products are all zeros, some with the bit set that is not read.
const LOW_ORDER = [
  '00'.repeat(32),
  '01' + '00'.repeat(31),
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ec' + 'ff'.repeat(30) + '7f',
  'ed' + 'ff'.repeat(30) + '7f',
  'ee' + 'ff'.repeat(30) + '7f',
  '00'.repeat(31) + '80',
  'ed' + 'ff'.repeat(31),
].map((text) => Uint8Array.from(Buffer.from(text, 'hex')));

// A KEM key whose first number is 3329, which is its 0 again.
const unreduced = (key) => {
  const out = Uint8Array.from(key);
  out.set([0x01, (out[1] & 0xf0) | 0x0d]);
  return out;
};

const put = (bytes, at, others) => {
  const out = Uint8Array.from(bytes);
  out.set(others, at);
  return out;
};

function flip(dice, bytes, from = 0, to = bytes.length) {
  const at = from + dice.below(to - from);
  return put(bytes, at, [bytes[at] ^ (1 << dice.below(8))]);
}

export class Attacks {
  constructor(world, check) {
    this.world = world;
    this.dice = world.dice;
    this.check = check;
  }

  // Asks both, and wants an answer that begins so.
  async want(about, begin, who, ...command) {
    await this.check(about, async () => {
      const answer = await this.world.ask(who, ...command);
      if (!`${answer} `.startsWith(`${begin} `)) throw new Error(`${answer.slice(0, 200)}, not ${begin}`);
    });
  }

  async make(who, blocks, ...command) {
    return (await this.world.draws(who, blocks, ...command)).split(' ').slice(1);
  }

  // ---- offers -------------------------------------------------------------------------------------

  async offers() {
    const { world, dice } = this;
    const [bytes] = await this.make('b', 3, 'offer', 1, 0, 2, TODAY + 1, null);
    const offer = toBytes(bytes);
    const { iks } = world.js.parties[1].id;
    const signed = (at, others) => {
      const body = put(offer, at, others).subarray(0, 1288);
      return join(body, sign(iks.seed, join(label('offer'), body)));
    };
    const judge = (about, word, what, today = TODAY) => this.want(`offer: ${about}`, word, 'all', 'check', what, today);

    await judge('good', 'ok', offer);
    await judge('on its last day', 'ok', offer, TODAY + 1);
    await judge('a day later', 'no expired', offer, TODAY + 2);
    await judge('a byte short', 'no malformed', offer.subarray(1));
    await judge('a byte long', 'no malformed', join(offer, Uint8Array.of(0)));
    await judge('empty', 'no malformed', NONE);
    await judge('of version 2', 'no unsupported', signed(0, [2]));
    await judge('of suite 2', 'no unsupported', signed(1, [2]));
    await judge('of kind 0', 'no malformed', signed(2, [0]));
    await judge('of kind 3', 'no malformed', signed(2, [3]));
    await judge('of somebody who speaks version 9', 'ok', signed(3, [9]));
    await judge('with an unreduced KEM key', 'no malformed', signed(104, unreduced(offer.subarray(104, 1288))));
    await judge('with another SPK', 'no corrupt', put(offer, 72, dhKeys(dice.bytes(32)).public));
    await judge('with another IKd', 'no corrupt', put(offer, 40, dhKeys(dice.bytes(32)).public));
    await judge('with another PQPK', 'no corrupt', put(offer, 104, kemKeys(dice.bytes(64)).publicKey));
    await judge('with a key of the identity', 'no corrupt', put(offer, 8, put(new Uint8Array(32), 0, [1])));
    await judge('with S too large', 'no corrupt', put(offer, 1320, [...int(32, (1n << 255n) - 1n)]));
    for (let i = 0; i < 64; i++) {
      const spoilt = flip(dice, offer);
      await this.check('offer: a bit flipped', async () => {
        const answer = await world.ask('all', 'check', spoilt, TODAY);
        if (answer.startsWith('ok')) throw new Error(`${answer}: ${Buffer.from(spoilt).toString('hex')}`);
      });
    }

    const own = toBytes((await this.make('a', 3, 'offer', 0, 0, 2, TODAY, null))[0]);
    const begin = (about, word, what) =>
      this.check(`start: ${about}`, async () => {
        // how much is drawn before a refusal is no matter
        await world.ask('all', 'tape', dice.bytes(34 * 32));
        const answer = await world.ask('a', 'start', 0, 20, what, NOW, 16, NOW);
        if (!`${answer} `.startsWith(`${word} `)) throw new Error(answer.slice(0, 200));
      });
    await begin('good', 'ok', offer);
    for (const point of LOW_ORDER) {
      await begin('SPK of low order', 'no malformed', signed(72, point));
      await begin('IKd of low order', 'no malformed', signed(40, point));
    }
    await begin('own offer', 'no malformed', own);
    await world.ask('all', 'reset'); // as the tapes are in different places now
  }

  // ---- openings -----------------------------------------------------------------------------------

  // An opening message of A's as one who follows no rule would write it.
  opening(offerBytes, { version = 1, ikdA, iksA, e0, E, header = {}, items } = {}) {
    const random = new Tape(this.dice.bytes(4096));
    const { iks, ikd } = this.world.js.parties[0].id;
    const offer = parseOffer(offerBytes);
    const pair = dhKeys(random.block());
    const r = random.block();
    const ours = { iks: iksA ?? iks.public, ikd: ikdA ?? ikd.public, e0: e0 ?? pair.public };
    const products = [DH(ikd.secret, offer.ikd), DH(ikd.secret, offer.spk), DH(pair.secret, offer.ikd),
      DH(pair.secret, offer.spk)];
    const keys = handshake(offer.hash, ours.iks, ours.ikd, ours.e0, products, r);
    const block = join(Uint8Array.of(version), ours.iks, ours.ikd, ours.e0, r);
    let env = envelope(offer, block, random);
    if (E) env = put(env, 0, E);
    const s = newSession('a', NOW, offer.fp, keys, NOW);
    Object.assign(s, { nhks: keys.hka, nhkr: keys.nhkb, dhr: offer.spk, needSend: true });
    beginChain(s, NOW, random);
    const body = items ?? join(item(OPENED, int(8, NOW)), item(TEXT, ascii('hello')));
    return write(s, env, join(body, new Uint8Array(1536 - 1281 - OVERHEAD - body.length)), header).wire;
  }

  async openings() {
    const { world, dice } = this;
    const offerOf = async (o, kind, only) => toBytes((await this.make('b', 3, 'offer', 1, o, kind, TODAY, only))[0]);
    const offer = await offerOf(2, 2, null);
    const say = (about, word, wire, now = NOW) => this.want(`opening: ${about}`, word, 'b', 'open', 1, 21, now, wire);

    const good = this.opening(offer);
    for (let i = 0; i < 64; i++) {
      const [from, to] = dice.pick([[0, 32], [32, 1120], [1120, 1281], [1281, 1357], [1357, 1536]]);
      await say('a bit flipped', from === 1281 || from === 1357 ? 'no corrupt' : 'no not-for-us', flip(dice, good, from, to));
    }
    await say('nothing but noise', 'no not-for-us', dice.bytes(1536));
    for (const point of LOW_ORDER) {
      await say('E of low order', 'no not-for-us', this.opening(offer, { E: point }));
      await say('E0 of low order', 'no not-for-us', this.opening(offer, { e0: point }));
      await say('IKd of low order', 'no not-for-us', this.opening(offer, { ikdA: point }));
    }
    await say('a block of version 2', 'no unsupported', this.opening(offer, { version: 2 }));
    await say('in somebody else\'s name', 'no corrupt', this.opening(offer, { ikdA: dhKeys(dice.bytes(32)).public }));
    await say('in B\'s own name', 'no not-for-us',
      this.opening(offer, { iksA: parseOffer(offer).iks, ikdA: parseOffer(offer).ikd }));
    await say('that does not begin with chain 0', 'no fork', this.opening(offer, { header: { pn: 1 } }));
    await say('in epoch 1', 'no fork', this.opening(offer, { header: { ep: 1 } }));
    await say('with flags', 'no unsupported', this.opening(offer, { header: { flags: 1 } }));
    await say('with message 20000', 'no too-far', this.opening(offer, { header: { n: 20000 } }));
    await say('with a number that is not its own', 'no corrupt', this.opening(offer, { header: { n: 1 } }));
    await say('without OPENED', 'no malformed', this.opening(offer, { items: item(TEXT, ascii('hello')) }));
    const at = (opened) => this.opening(offer, { items: item(OPENED, int(8, opened)) });
    await say('a day ahead', 'ok', at(NOW + DAY));
    const ahead = at(NOW + DAY + 1n);
    await say('a day and a millisecond ahead', 'no clock', ahead);
    await say('the same, a millisecond later', 'ok', ahead, NOW + 1n);
    await say('from long ago', 'ok', at(0n));
    await say('good', 'ok', good);
    await say('repeated', 'no duplicate-or-expired', good);

    // B puts A's block into an envelope for somebody else, whose offer this one is.
    await world.draws('b', 2, 'identity', 2);
    const third = toBytes((await this.make('b', 3, 'offer', 2, 0, 2, TODAY, null))[0]);
    const block = openBlock(world.js.parties[1].id, world.js.parties[1].offers[2], good.subarray(0, 32),
      good.subarray(32, 1120), good.subarray(1120, 1281));
    await this.want('opening: passed on to a third', 'no corrupt', 'b', 'open', 2, 22, NOW,
      join(envelope(parseOffer(third), block, systemRandom), good.subarray(1281)));

    const { fp } = world.js.parties[0].id;
    const mine = await offerOf(3, 1, fp);
    const once = this.opening(mine);
    await say('of an offer for one, by another', 'no not-for-us',
      this.opening(mine, { iksA: dhKeys(dice.bytes(32)).public }));
    await say('of an offer for one, by that one', 'ok', once);
    await say('of an offer that is used up', 'no not-for-us', this.opening(mine));
    await say('repeated, of an offer that is used up', 'no not-for-us', once);
    const revoked = await offerOf(4, 2, null);
    await world.ask('b', 'revoke', 1, 4);
    await say('of an offer that was revoked', 'no not-for-us', this.opening(revoked));
  }

  // ---- messages -----------------------------------------------------------------------------------

  // A session with some turns behind it, in slots 0 and 1; B is about to hear from A.
  async conversation() {
    const [offer] = await this.make('b', 3, 'offer', 1, 5, 2, TODAY, null);
    await this.make('a', 34, 'start', 0, 0, toBytes(offer), NOW, 16, NOW);
    this.turns = 0;
    for (let i = 0; i < 5; i++) {
      await this.pass('a');
      await this.pass('b');
    }
  }

  async wireFrom(who, text = ascii('so'), now = NOW) {
    return toBytes((await this.make(who, 3, 'send', who === 'a' ? 0 : 1, now, 256, 0, text, null))[0]);
  }

  async pass(who, now = NOW) {
    const wire = await this.wireFrom(who, undefined, now);
    const s = who === 'a' ? 1 : 0;
    const command = this.turns++ ? ['receive', s] : ['open', 1, s];
    const answer = await this.world.ask(who === 'a' ? 'b' : 'a', ...command, now, wire);
    if (!answer.startsWith('ok')) throw new Error(answer);
  }

  // What A's session, as it is or as `from` is, would seal if it followed no rule.
  forge({ plain, header, from = this.world.js.sessions[0], fresh = true, size = 256 }) {
    const s = copy(from);
    if (s.needSend && fresh) beginChain(s, NOW, systemRandom);
    const items = plain ?? item(TEXT, ascii('forged'));
    return write(s, NONE, join(items, new Uint8Array(Math.max(0, size - OVERHEAD - items.length))), header).wire;
  }

  // Shows B a message on a copy of his session; a refusal must leave all of it but marks as it was.
  async show(about, word, wire, now = NOW) {
    const { world } = this;
    await this.check(`message: ${about}`, async () => {
      await world.ask('b', 'copy', 1, 23);
      const before = (await world.ask('b', 'state', 23)).split(' ');
      const answer = await world.ask('b', 'receive', 23, now, wire);
      if (!`${answer} `.startsWith(`${word} `)) throw new Error(`${answer.slice(0, 200)}, not ${word}`);
      if (answer.startsWith('ok')) return;
      const after = (await world.ask('b', 'state', 23)).split(' ');
      const marks = { 4: word === 'no fork' ? '1' : before[4], 22: after[22] };
      before.forEach((text, i) => {
        if (after[i] !== (marks[i] ?? text)) throw new Error(`word ${i} of the state was ${text} and is ${after[i]}`);
      });
    });
  }

  async items() {
    const long = (type, n) => join(Uint8Array.of(type), int(2, n), new Uint8Array(n));
    const ek = kemKeys(this.dice.bytes(64)).publicKey;
    const pq = (type, e, value) => item(type, join(int(2, e), value));
    const ct = this.dice.bytes(1088);
    const hi = item(TEXT, ascii('hi'));
    const room = 256 - OVERHEAD;
    const cases = [
      ['nothing', 'ok', NONE],
      ['a text', 'ok', hi],
      ['no padding at all', 'ok', item(TEXT, new Uint8Array(room - 3).fill(65))],
      ['two bytes of an item', 'no malformed', join(item(TEXT, new Uint8Array(room - 5).fill(65)), Uint8Array.of(1, 0))],
      ['an item that is cut', 'no malformed', join(item(TEXT, new Uint8Array(room - 6).fill(65)), Uint8Array.of(1, 1, 0))],
      ['a padding byte that is not zero', 'no malformed', join(hi, Uint8Array.of(0, 0, 1))],
      ['the last byte not zero', 'no malformed', put(join(hi, new Uint8Array(room - 5)), room - 1, [128])],
      ['an empty text', 'no malformed', item(TEXT, NONE)],
      ['two texts', 'no malformed', join(hi, hi)],
      ['a short TIME', 'no malformed', long(TIME, 7)],
      ['a long TIME', 'no malformed', long(TIME, 9)],
      ['a TIME of all ones', 'ok', item(TIME, new Uint8Array(8).fill(255))],
      ['REKEY', 'ok', item(REKEY, NONE)],
      ['REKEY with a value', 'no malformed', item(REKEY, Uint8Array.of(0))],
      ['REKEY twice', 'no malformed', join(item(REKEY, NONE), item(REKEY, NONE))],
      ['OPENED without an envelope', 'no malformed', item(OPENED, int(8, NOW))],
      ['an unknown item', 'ok', join(item(0x42, ascii('?')), hi)],
      ['an unknown item twice', 'no malformed', join(item(0x42, ascii('?')), item(0x42, NONE))],
      ['an item of the groups', 'ok', join(item(0x10, ascii('?')), hi)],
      ['an item in pieces', 'ok', join(item(0x08, ascii('?')), item(0x7f, NONE), hi)],
      ['an item that must be understood', 'no unsupported', join(hi, item(0x80, ascii('?')))],
      ['another such', 'no unsupported', item(0xff, NONE)],
      ['one such, and a fault after it', 'no unsupported', join(item(0x80, NONE), item(TEXT, NONE))],
      ['one such after a fault', 'no malformed', join(item(TEXT, NONE), item(0x80, NONE))],
      ['one such that is cut', 'no malformed', join(Uint8Array.of(0x80), int(2, 999))],
      ['items in another order', 'ok', join(hi, item(TIME, int(8, NOW)), item(REKEY, NONE))],
      ['a key for another epoch', 'ok', pq(PQ_EK, 40000, ek), 1536],
      ['a key for epoch 0', 'no malformed', pq(PQ_EK, 0, ek), 1536],
      ['a key for epoch 65535', 'no malformed', pq(PQ_EK, 65535, ek), 1536],
      ['an unreduced key', 'no malformed', pq(PQ_EK, 3, unreduced(ek)), 1536],
      ['a short key', 'no malformed', long(PQ_EK, 1185), 1536],
      ['a long key', 'no malformed', long(PQ_EK, 1187), 1536],
      ['a ciphertext for another epoch', 'ok', pq(PQ_CT, 40000, ct), 1536],
      ['a ciphertext for epoch 0', 'no malformed', pq(PQ_CT, 0, ct), 1536],
      ['a short ciphertext', 'no malformed', long(PQ_CT, 1089), 1536],
      ['a long ciphertext', 'no malformed', long(PQ_CT, 1091), 1536],
      ['a key and a ciphertext', 'ok', join(pq(PQ_EK, 1, ek), pq(PQ_CT, 1, ct)), 3072],
      ['an offer a byte short', 'no malformed', long(OFFER, 1351), 1536],
      ['an offer that is none', 'ok', join(long(OFFER, 1352), hi), 1536],
    ];
    if (!canonical(ek) || canonical(unreduced(ek))) throw new Error('the keys of this test are not what they should be');
    for (const [about, word, plain, size] of cases) await this.show(about, word, this.forge({ plain, size }));

    const theirs = newOffer(this.world.js.parties[0].id, 1, TODAY, systemRandom).bytes;
    const others = newOffer(this.world.js.parties[2].id, 1, TODAY, systemRandom).bytes;
    const carried = async (about, offer, comes) =>
      this.check(`message: ${about}`, async () => {
        await this.world.ask('b', 'copy', 1, 23);
        const wire = this.forge({ plain: join(item(OFFER, offer), hi), size: 2048 });
        const got = readReceived(await this.world.ask('b', 'receive', 23, NOW, wire));
        if (got.word !== 'ok' || (got.offer !== '-') !== comes || got.text !== '6869') throw new Error(JSON.stringify(got));
      });
    await carried('an offer of the sender\'s', theirs, true);
    await carried('an offer of somebody else\'s', others, false);
    await carried('an offer of the receiver\'s', newOffer(this.world.js.parties[1].id, 1, TODAY, systemRandom).bytes, false);
    await carried('an expired offer', newOffer(this.world.js.parties[0].id, 1, TODAY - 1, systemRandom).bytes, false);
    await carried('a spoilt offer', flip(this.dice, theirs, 8), false);
  }

  async headers() {
    const { world, dice } = this;
    const b = () => world.js.sessions[1];
    const far = 4294967295;
    // A begins a chain with what B sees next
    const root = b().rootEp;
    await this.show('a new chain', 'ok', this.forge({}));
    await this.show('with flags', 'no unsupported', this.forge({ header: { flags: 1 } }));
    await this.show('with all flags', 'no unsupported', this.forge({ header: { flags: 65535, n: far } }));
    await this.show('number 20000', 'no too-far', this.forge({ header: { n: 20000 } }));
    await this.show('the greatest number', 'no too-far', this.forge({ header: { n: far } }));
    await this.show('pn 20001', 'no too-far', this.forge({ header: { pn: 20001 } }));
    await this.show('pn 20000', 'no corrupt', this.forge({ header: { pn: 20000, n: 19999 } }));
    await this.show('the greatest pn', 'no too-far', this.forge({ header: { pn: far } }));
    await this.show('pn less than was received', 'no fork', this.forge({ header: { pn: 0 } }));
    for (const ep of [root + 1, root + 2, 65535])
      await this.show('another epoch', b().pq.phase === 'answering' && ep === b().pq.e ? 'no corrupt' : 'no fork', this.forge({ header: { ep } }));
    for (const dh of LOW_ORDER) await this.show('a ratchet key of low order', 'no corrupt', this.forge({ header: { dh } }));
    await this.show('a ratchet key that is not the chain\'s', 'no corrupt', this.forge({ header: { dh: dhKeys(dice.bytes(32)).public } }));

    // and now within a chain, of which B has 0, not 1, and then 2
    await this.pass('a');
    const missing = await this.wireFrom('a');
    await this.pass('a');
    await this.show('within a chain', 'ok', this.forge({}));
    await this.show('another ratchet key', 'no fork', this.forge({ header: { dh: dhKeys(dice.bytes(32)).public } }));
    await this.show('another epoch in a chain', 'no fork', this.forge({ header: { ep: root + 1 } }));
    await this.show('pn is not looked at', 'ok', this.forge({ header: { pn: 7 } }));
    await this.show('one that was received', 'no duplicate-or-expired', this.forge({ header: { n: 2 } }));
    await this.show('one that was skipped, with another body', 'no corrupt', this.forge({ header: { n: 1 } }));
    await this.show('one that was skipped', 'ok late 1 0', missing);
    const next = await this.wireFrom('a');
    await this.show('the next', 'ok ok 3 0', next);
    for (let at = 0; at < next.length; at++) {
      const word = at < 76 ? 'no not-for-us' : 'no corrupt';
      await this.show('a bit of each byte flipped', word, put(next, at, [next[at] ^ (1 << dice.below(8))]));
    }
    for (const n of [0, 1, 75, 76, 107, 108, 255, 257]) {
      await this.show('a length that is no class', 'no malformed', n < 256 ? next.subarray(0, n) : join(next, Uint8Array.of(0)));
    }
    await this.show('a header with the body of another', 'no corrupt', join(next.subarray(0, 76), missing.subarray(76)));
    await this.show('in a larger class', 'no corrupt', join(next, new Uint8Array(256)));
    await this.show('behind noise, as an opening would be', 'no corrupt', join(dice.bytes(1281), next.subarray(0, 255)));
    await this.check('message: a wrong body is noted, three different ones at most, and forgotten', async () => {
      await world.ask('b', 'copy', 1, 23);
      const bad = async () => Number((await world.ask('b', 'state', 23)).split(' ').at(-1));
      const counts = [];
      for (const n of [3, 3, 4, 5, 6]) {
        const wire = this.forge({ header: { n } });
        await world.ask('b', 'receive', 23, NOW, put(wire, 200, [wire[200] ^ 1]));
        counts.push(await bad());
      }
      await world.ask('b', 'receive', 23, NOW, next);
      counts.push(await bad());
      if (counts.join() !== '1,1,2,3,3,0') throw new Error(counts.join());
    });

    // the old chain
    await world.ask('b', 'receive', 1, NOW, next);
    await this.pass('b');
    await this.pass('a');
    await this.show('one of a chain that was left', 'ok late 1 0', missing);
    await world.ask('b', 'receive', 1, NOW, missing);
    await this.show('the same again: its chain is gone', 'no not-for-us', missing);
  }

  // ---- limits -------------------------------------------------------------------------------------

  // Messages of A's next or present chain by the numbers that are wanted, none of which he has passed.
  // A himself does not know of them.
  chainOf(wanted, after = this.world.js.sessions[0]) {
    const s = copy(after);
    if (s.needSend) beginChain(s, NOW, systemRandom);
    const wires = new Map();
    const items = item(TEXT, ascii('so'));
    const plain = join(items, new Uint8Array(256 - OVERHEAD - items.length));
    for (const n of [...wanted].sort((x, y) => x - y)) {
      for (; s.ns < n; s.ns++) [s.cks] = chain(s.cks);
      wires.set(n, write(s, NONE, plain).wire);
    }
    return wires;
  }

  async limits(long) {
    const { world } = this;
    const keep = () => world.ask('b', 'copy', 1, 24);
    const take = (about, word, wire, now = NOW) => this.want(`limit: ${about}`, word, 'b', 'receive', 24, now, wire);

    await this.pass('b');
    await keep();
    let wires = this.chainOf([499, 500, 1499, 1500, 1501]);
    await take('1500 are left out', 'ok ok 1500 1500', wires.get(1500));
    await take('the key of the one before is kept', 'ok late 1499 0', wires.get(1499));
    await take('and that of the 1000th before', 'ok late 500 0', wires.get(500));
    await take('and not that of the 1001st', 'no duplicate-or-expired', wires.get(499));
    await take('the next', 'ok ok 1501 0', wires.get(1501));
    await keep();
    wires = this.chainOf([0, 18998, 18999, 19999, 20000]);
    await take('19999 are left out', 'ok ok 19999 19999', wires.get(19999));
    await take('the last number there is', 'no too-far', wires.get(20000));
    await take('1000 keys of them are kept', 'ok late 18999 0', wires.get(18999));
    await take('and not 1001', 'no duplicate-or-expired', wires.get(18998));

    // 700 keys of one chain, then 700 of the next: the first 400 go
    await keep();
    const a = world.js.sessions[0];
    const first = copy(a);
    beginChain(first, NOW, systemRandom);
    const chainA = this.chainOf([399, 400, 700], first);
    await take('a chain', 'ok ok 700 700', chainA.get(700));
    const reply = toBytes((await this.make('b', 3, 'send', 24, NOW, 256, 0, null, null))[0]);
    for (; first.ns < 701; first.ns++) [first.cks] = chain(first.cks);
    const second = copy(receive(first, reply, NOW).session);
    beginChain(second, NOW, systemRandom);
    await take('and a second', 'ok ok 700 700', this.chainOf([700], second).get(700));
    await take('the 400 keys stored first have gone', 'no duplicate-or-expired', chainA.get(399));
    await take('the others have not', 'ok late 400 0', chainA.get(400));

    // one message missing from each of 34 chains
    const missing = [];
    for (let i = 0; i < 34; i++) {
      missing.push(await this.wireFrom('a'));
      await this.pass('a');
      await this.pass('b');
    }
    await keep();
    await take('a 33rd old chain pushes out the first', 'no not-for-us', missing[0]);
    for (const i of [1, 20, 33]) await take('32 old chains are kept', 'ok late 0 0', missing[i]);

    for (const [about, span, of, word] of [
      ['a skipped key is kept for 30 days', 30n * DAY, 33, 'ok late'],
      ['and not longer', 30n * DAY + 1n, 33, 'no duplicate-or-expired'],
      ['an old chain is kept for 30 days', 30n * DAY, 32, 'ok late'],
      ['and not longer', 30n * DAY + 1n, 32, 'no not-for-us'],
      ['a clock that was put back makes nothing expire', -400n * DAY, 32, 'ok late'],
    ]) {
      await keep();
      await take(about, word, missing[of], NOW + span);
    }
    // a key that is older than its chain has been left
    const early = await this.wireFrom('a');
    await this.pass('a');
    await this.pass('b');
    await this.pass('a', NOW + 10n * DAY);
    for (const [about, span, word] of [['a key of a chain left later', 30n * DAY, 'ok late'],
      ['and a chain whose keys are gone has gone', 30n * DAY + 1n, 'no not-for-us']]) {
      await keep();
      await take(about, word, early, NOW + span);
    }
    await this.pass('b', NOW + 10n * DAY);
    const timed = toBytes((await this.make('a', 3, 'send', 0, NOW, 256, 1, ascii('so'), null))[0]);
    for (const [about, span, word] of [['an hour old', 3600000n, 'ok ok'], ['a millisecond more', 3600001n, 'ok late'],
      ['from the future', -1n, 'ok ok']]) {
      await keep();
      await take(`TIME is ${about}`, word, timed, NOW + span);
    }
    await this.lengths();
    await this.suspicion();
    if (!long) return;
    await this.check('limit: 20000 messages in a chain', async () => {
      await world.ask('a', 'copy', 0, 25);
      let answer;
      let sent = Number((await world.ask('a', 'state', 25)).split(' ')[8]);
      for (;; sent++) {
        answer = await world.draws('a', 3, 'send', 25, NOW, 256, 0, null, null);
        if (!answer.startsWith('ok')) break;
      }
      if (answer !== 'no chain-full' || sent !== 20000) throw new Error(`${answer} after ${sent}`);
    });
  }

  // How much text fits each class, and what the envelopes of an opening look like.
  async lengths() {
    const { world, dice } = this;
    const [offer] = await this.make('b', 3, 'offer', 1, 6, 2, TODAY, null);
    await this.make('a', 34, 'start', 0, 30, toBytes(offer), NOW, 16, NOW);
    const size = async (about, who, s, flags, n, floor, want) =>
      this.check(`length: ${about}, ${n} bytes`, async () => {
        await world.ask(who, 'copy', s, 31);
        const answer = await world.draws(who, 3, 'send', 31, NOW, floor, flags, dice.bytes(n), null);
        const length = (answer.split(' ')[1].length) / 2;
        if (answer.startsWith('no') ? answer !== want : length !== want) throw new Error(`${answer.slice(0, 40)} ${length}, not ${want}`);
      });
    // a session at rest: A answered what there was to answer, and writes a second message
    await this.pass('a');
    await this.pass('a');
    for (const [n, fits] of [[1, 256], [145, 256], [146, 512], [401, 512], [402, 1024], [913, 1024], [914, 1536],
      [1425, 1536], [1426, 2048], [64119, 65536], [64120, 'no too-long'], [65536, 'no too-long']]) {
      await size('text', 'a', 0, 0, n, 0, fits);
      if (n > 11 && typeof fits === 'number' && n < 64119) await size('text and TIME', 'a', 0, 1, n - 11, 0, fits);
    }
    for (const floor of [256, 257, 1536, 65536]) await size(`floor ${floor}`, 'a', 0, 0, 1, floor, floor === 257 ? 512 : floor);
    for (const [n, fits] of [[133, 1536], [134, 2048], [64119, 65536], [64120, 'no too-long']])
      await size('an opening', 'a', 30, 0, n, 0, fits);
    await size('an opening with TIME', 'a', 30, 1, 64119, 0, 65536);
    await world.ask('a', 'rekey', 30);
    await size('an opening with TIME and REKEY', 'a', 30, 1, 64119, 0, 65536);

    await this.check('an opening: 16 envelopes that share nothing, and then only by force', async () => {
      const envelopes = [];
      for (let i = 0; i < 16; i++) {
        const [wire] = await this.make('a', 3, 'send', 30, NOW, 256, 0, ascii('so'), null);
        envelopes.push(wire.slice(0, 2 * 1281));
      }
      if (new Set(envelopes.map((e) => e.slice(0, 64))).size !== 16) throw new Error('two have the same key');
      const refused = await world.draws('a', 3, 'send', 30, NOW, 256, 0, ascii('so'), null);
      if (refused !== 'no unanswered') throw new Error(refused);
      const [forced] = await this.make('a', 3, 'send', 30, NOW, 256, 2, ascii('so'), null);
      if (forced.slice(0, 2 * 1281) !== envelopes[15]) throw new Error('the last is not repeated');
      // B begins with the last of them
      const got = await world.ask('b', 'open', 1, 32, NOW, toBytes(forced));
      if (!got.startsWith('ok ok 16 16 ')) throw new Error(got);
    });
    // B offers a key in his first message, and A answers in his first after it
    for (const [n, fits] of [[236, 1536], [237, 2048], [64119, 65536]]) await size('beside PQ_EK', 'b', 32, 0, n, 0, fits);
    const [wire] = await this.make('b', 3, 'send', 32, NOW, 256, 0, null, null);
    await world.ask('a', 'receive', 30, NOW, toBytes(wire));
    for (const [n, fits] of [[332, 1536], [333, 2048], [64119, 65536]]) await size('beside PQ_CT', 'a', 30, 0, n, 0, fits);
    await this.check('an OFFER that does not fit beside the text is left out', async () => {
      await world.ask('a', 'copy', 30, 31);
      await this.make('a', 3, 'send', 31, NOW, 256, 0, null, null);
      const mine = newOffer(world.js.parties[0].id, 1, TODAY, systemRandom).bytes;
      for (const [n, there] of [[65536 - OVERHEAD - 3 - 1355, true], [65536 - OVERHEAD - 3 - 1354, false]]) {
        await world.ask('b', 'copy', 32, 33);
        await world.ask('a', 'copy', 31, 34);
        const [sent] = await this.make('a', 3, 'send', 34, NOW, 256, 0, dice.bytes(n), mine);
        const got = readReceived(await world.ask('b', 'receive', 33, NOW, toBytes(sent)));
        if (got.word !== 'ok' || got.text.length !== 2 * n || (got.offer !== '-') !== there) throw new Error(`${n}: ${got.word} ${got.offer.length}`);
      }
    });
  }

  async suspicion() {
    const { world } = this;
    await this.check('a fork stops sending until it is forced or accepted', async () => {
      await world.ask('b', 'copy', 1, 24);
      const forged = this.forge({ header: { dh: dhKeys(this.dice.bytes(32)).public } });
      const said = [await world.ask('b', 'receive', 24, NOW, forged)];
      for (const flags of [0, 2]) said.push((await world.draws('b', 3, 'send', 24, NOW, 256, flags, null, null)).slice(0, 10));
      await world.ask('b', 'accept', 24);
      said.push((await world.draws('b', 3, 'send', 24, NOW, 256, 0, null, null)).slice(0, 2));
      if (!/^no fork,no suspect,ok .*,ok$/.test(said.join())) throw new Error(said.join());
    });
  }
}
