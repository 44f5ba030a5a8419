// What trials of the two implementations have in common: a world in which both play both parties, and
// sessions of A's that follow no rule.

import { DAY, DH, NONE, Tape, dhKeys, int, join, systemRandom } from './functions.mjs';
import { OPENED, TEXT, item } from './items.mjs';
import { parseOffer } from './offer.mjs';
import { envelope, handshake } from './opening.mjs';
import { OVERHEAD, beginChain, chain, copy, newSession, write } from './session.mjs';
import { toBytes } from './world.mjs';

export const NOW = 1800000000000n;
export const TODAY = Number(NOW / DAY);
export const ascii = (text) => new TextEncoder().encode(text);

// The points of X25519 whose products are all zeros, some with the bit set that is not read.
export const LOW_ORDER = [
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
export const unreduced = (key) => {
  const out = Uint8Array.from(key);
  out.set([0x01, (out[1] & 0xf0) | 0x0d]);
  return out;
};

export const put = (bytes, at, others) => {
  const out = Uint8Array.from(bytes);
  out.set(others, at);
  return out;
};

export function flip(dice, bytes, from = 0, to = bytes.length) {
  const at = from + dice.below(to - from);
  return put(bytes, at, [bytes[at] ^ (1 << dice.below(8))]);
}

export class Trials {
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

  // An opening message of A's as one who follows no rule would write it.
  opening(offerBytes, { version = 1, ikdA, iksA, e0, E, header = {}, items } = {}) {
    const random = new Tape(this.dice.bytes(4096));
    const { iks, ikd } = this.world.js.parties[0].id;
    const offer = parseOffer(offerBytes);
    const pair = dhKeys(random.block());
    const r = random.block();
    const ours = { iks: iksA ?? iks.public, ikd: ikdA ?? ikd.public, e0: e0 ?? pair.public };
    const products = [
      DH(ikd.secret, offer.ikd),
      DH(ikd.secret, offer.spk),
      DH(pair.secret, offer.ikd),
      DH(pair.secret, offer.spk),
    ];
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
    return write(s, NONE, join(items, new Uint8Array(Math.max(0, size - OVERHEAD - items.length))), header)
      .wire;
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
        if (after[i] !== (marks[i] ?? text))
          throw new Error(`word ${i} of the state was ${text} and is ${after[i]}`);
      });
    });
  }

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
}
