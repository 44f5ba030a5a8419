// Conversations over a bad transport: random schedules of sending, loss, reordering, repetition,
// damage, crashes, and clocks that leap; and a model of what has to come of each message.

import { DAY } from './functions.mjs';
import { word } from './peer.mjs';
import { readReceived, readState, toBytes } from './world.mjs';

const NOT_AFTER = 30000;
const START = 1800000000000n;
const SLOT = { a: 0, b: 1 };
const NEW = 6; // the slot a session is opened in
const ROOM = 10; // slots from here on hold sessions to begin with
const other = (who) => (who === 'a' ? 'b' : 'a');

// What is beyond these the model does not promise; the protocol's own limits are wider.
const SPAN = 29n * DAY;
const CHAINS = 30;
const OUTSTANDING = 900;

export async function people(world) {
  await world.draws('a', 2, 'identity', 0);
  await world.draws('b', 2, 'identity', 1);
}

// Opens a session from a new offer of b's: it is in a's slot, and nothing has been sent.
export async function opening(world, now) {
  const kind = 1 + world.dice.below(2);
  const offer = toBytes((await world.draws('b', 3, 'offer', 1, 0, kind, NOT_AFTER, null)).split(' ')[1]);
  await world.draws('a', 34, 'start', 0, SLOT.a, offer, now, 16, now);
}

// The habits of a transport and its users, drawn for one schedule.
function habits(dice) {
  return {
    steps: 5 + dice.below(60),
    loss: dice.pick([0, 0, 0.1, 0.3, 0.6]),
    depth: dice.pick([0, 0, 2, 30, 500]),
    again: dice.pick([0, 0.05, 0.3]),
    damage: dice.pick([0, 0, 0.1]),
    crash: dice.pick([0, 0, 0.1]),
    rekey: dice.pick([0, 0.05]),
    burst: dice.pick([1, 1, 2, 5, 15]),
    step: dice.pick([1000n, 60000n, 3600000n, DAY]),
    floor: dice.pick([0, 256, 512, 1536]),
    turns: dice.chance(0.3), // strictly by turns
    large: dice.chance(0.1),
    hostile: dice.chance(0.15), // states are put back, so promises are off
  };
}

class Conversation {
  constructor(world, now, opened) {
    this.world = world;
    this.dice = world.dice;
    this.now = now;
    this.opened = opened; // whether b has the session
    this.h = habits(world.dice);
    this.underway = []; // { message, wire, due, damaged }
    this.sent = { a: [], b: [] };
    this.chain = { a: 0, b: 0 };
    this.heardChain = { a: 0, b: 0 };
    this.tick = 0;
    this.delivered = this.refused = 0;
  }

  async state(who) {
    return readState(await this.world.ask(who, 'state', SLOT[who]));
  }

  text() {
    const { dice } = this;
    if (dice.chance(0.05)) return null;
    if (this.h.large && dice.chance(0.2)) return dice.bytes(1 + dice.below(dice.pick([3000, 64119])));
    return dice.bytes(1 + dice.below(dice.pick([40, 200, 1500])));
  }

  async send(who) {
    const { dice, h, world } = this;
    if (dice.chance(0.05)) await world.reload(who, SLOT[who]);
    if (dice.chance(h.rekey)) await world.ask(who, 'rekey', SLOT[who]);
    const text = this.text();
    const flags = dice.chance(0.5) ? 1 : 0;
    const crash = dice.chance(h.crash);
    if (crash) await world.ask(who, 'copy', SLOT[who], 2 + SLOT[who]);
    const was = await this.state(who);
    const offer =
      text && text.length < 60000 && dice.chance(0.02)
        ? toBytes((await world.draws(who, 3, 'offer', SLOT[who], 1, 1, NOT_AFTER, null)).split(' ')[1])
        : null;
    let answer;
    for (const force of [0, 2]) {
      answer = await world.draws(who, 3, 'send', SLOT[who], this.now, h.floor, flags + force, text, offer);
      if (answer.startsWith('ok')) break;
      const due =
        (answer === 'no unanswered' && was.env === '1') || (answer === 'no suspect' && was.suspect === '1');
      if (!due) throw new Error(`sending was refused: ${answer}`);
    }
    if (!answer.startsWith('ok')) throw new Error(`sending was refused though forced: ${answer}`);
    if (crash) {
      // before the transaction ended: nothing has been sent
      await world.ask(who, 'copy', 2 + SLOT[who], SLOT[who]);
      return;
    }
    if (was.needSend === '1') this.chain[who]++;
    const message = {
      who,
      text: word(text),
      offer: word(offer),
      chain: this.chain[who],
      at: this.now,
      arrived: false,
    };
    this.sent[who].push(message);
    const wire = toBytes(answer.split(' ')[1]);
    if (!dice.chance(h.loss)) this.carry(message, wire, false);
    if (dice.chance(h.again)) this.carry(message, wire, false);
    if (dice.chance(h.damage)) {
      const spoilt = Uint8Array.from(wire);
      spoilt[dice.below(Math.min(wire.length, dice.pick([76, 1281, 65536])))] ^= 1 << dice.below(8);
      this.carry(message, spoilt, true);
    }
  }

  carry(message, wire, damaged) {
    this.underway.push({ message, wire, damaged, due: this.tick + this.dice.below(this.h.depth + 1) });
  }

  async receive({ message, wire, damaged }) {
    const { world, dice } = this;
    const who = other(message.who);
    const crash = dice.chance(this.h.crash) && (this.opened || who === 'a');
    if (crash) await world.ask(who, 'copy', SLOT[who], 2 + SLOT[who]);
    let answer = 'no not-for-us';
    if (who === 'a' || this.opened) answer = await world.ask(who, 'receive', SLOT[who], this.now, wire);
    if (answer === 'no not-for-us' && who === 'b') {
      answer = await world.ask(who, 'open', SLOT.b, NEW, this.now, wire);
      if (answer.startsWith('ok')) {
        await world.ask(who, 'copy', NEW, SLOT.b);
        this.opened = true;
      }
    }
    if (crash) {
      await world.ask(who, 'copy', 2 + SLOT[who], SLOT[who]);
      return this.receive({ message, wire, damaged });
    }
    return this.judge(readReceived(answer), message, damaged, who);
  }

  judge(got, message, damaged, who) {
    const fail = (what) => {
      const facts = JSON.stringify({ got, ...message }, (_, v) => (typeof v === 'bigint' ? `${v}` : v));
      throw new Error(`${what}: ${facts.slice(0, 400)}`);
    };
    if (got.word === 'ok') {
      if (damaged) fail('a damaged message was accepted');
      if (message.arrived && !this.h.hostile) fail('a message was accepted twice');
      if (got.text !== message.text) fail('another text came out');
      if (got.offer !== message.offer) fail('another offer came out');
      message.arrived = true;
      this.delivered++;
      this.heardChain[who] = Math.max(this.heardChain[who], message.chain);
      return;
    }
    this.refused++;
    if (damaged || message.arrived || this.h.hostile) return;
    const missing = this.sent[message.who].filter((m) => !m.arrived).length;
    const within =
      this.now - message.at < SPAN && missing < OUTSTANDING && this.heardChain[who] - message.chain < CHAINS;
    if (within) fail('a fresh message was refused');
  }

  async deliver(all) {
    const due = this.underway.filter((m) => all || m.due <= this.tick);
    this.underway = this.underway.filter((m) => !due.includes(m));
    for (let i = due.length - 1; i > 0 && this.h.depth; i--) {
      const j = this.dice.below(i + 1);
      [due[i], due[j]] = [due[j], due[i]];
    }
    for (const one of due) await this.receive(one);
  }

  // Puts a state back to what it was, as a restored copy of the store would.
  async putBack() {
    const who = this.dice.pick(this.opened ? ['a', 'b'] : ['a']);
    if (this.kept?.who === who && this.dice.chance(0.5)) {
      await this.world.ask(who, 'copy', 4 + SLOT[who], SLOT[who]);
    } else {
      await this.world.ask(who, 'copy', SLOT[who], 4 + SLOT[who]);
      this.kept = { who };
    }
    if (this.dice.chance(0.3)) await this.world.ask(who, 'accept', SLOT[who]);
  }

  async epochs() {
    if (!this.opened) return;
    const [a, b] = [await this.state('a'), await this.state('b')];
    const apart = Math.abs(Number(a.rootEp) - Number(b.rootEp));
    if (apart > 1 && !this.h.hostile) throw new Error(`the epochs are ${a.rootEp} and ${b.rootEp}`);
    this.reached = Math.max(Number(a.rootEp), Number(b.rootEp));
  }

  async run() {
    const { dice, h } = this;
    for (let step = 0; step < h.steps; step++) {
      let who = dice.pick(['a', 'b']);
      if (h.turns) who = step % 2 ? 'b' : 'a';
      if (!this.opened) who = 'a';
      if (h.hostile && dice.chance(0.2)) await this.putBack();
      for (let n = 1 + dice.below(h.burst); n > 0; n--) {
        await this.send(who);
        this.tick++;
      }
      this.now += h.step * BigInt(dice.below(3));
      await this.deliver(false);
      if (step % 4 === 0) await this.epochs();
    }
    await this.deliver(true);
    await this.epochs();
    return this;
  }
}

// One schedule. Most begin where an earlier one of the same world began, as openings are slow.
export async function schedule(world) {
  const { dice } = world;
  world.rooms ??= 0;
  if (world.rooms && dice.chance(0.75)) {
    const room = ROOM + 2 * dice.below(world.rooms);
    await world.ask('a', 'copy', room, SLOT.a);
    await world.ask('b', 'copy', room + 1, SLOT.b);
    return new Conversation(world, START, true).run();
  }
  await opening(world, START);
  if (world.rooms >= 20) return new Conversation(world, START, false).run();
  const room = ROOM + 2 * world.rooms++;
  await world.ask('a', 'copy', SLOT.a, 4);
  const answer = await world.draws('a', 3, 'send', SLOT.a, START, 0, 0, dice.bytes(9), null);
  await world.ask('b', 'open', SLOT.b, room + 1, START, toBytes(answer.split(' ')[1]));
  await world.ask('a', 'copy', SLOT.a, room);
  await opening(world, START);
  return new Conversation(world, START, false).run();
}
