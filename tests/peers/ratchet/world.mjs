// Two parties, a and b, each played by this implementation, by the C one, or by both at once with
// the same randomness; in that case every answer must be the same. What differs is a failure.

import { spawn } from 'node:child_process';
import { join as path } from 'node:path';
import { createInterface } from 'node:readline';
import { shake256 } from '@noble/hashes/sha3.js';
import { Peer, word } from './peer.mjs';

// All that is random in the tests comes from one seed.
export class Dice {
  constructor(seed) {
    this.source = shake256.create().update(Buffer.from(seed));
  }
  bytes(n) {
    return this.source.xof(n);
  }
  below(n) {
    return Buffer.from(this.bytes(6)).readUIntLE(0, 6) % n;
  }
  chance(p) {
    return this.below(1000000) < p * 1000000;
  }
  pick(list) {
    return list[this.below(list.length)];
  }
}

class Driver {
  constructor(program) {
    this.child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.waiting = [];
    createInterface({ input: this.child.stdout }).on('line', (line) => this.waiting.shift()?.resolve(line));
    this.child.stdin.on('error', () => {});
    this.closed = new Promise((resolve) => {
      const ended = (what) => {
        this.ended = new Error(`the driver ended: ${what}`);
        for (const { reject } of this.waiting.splice(0)) reject(this.ended);
        resolve(what);
      };
      this.child.on('error', ended);
      this.child.on('close', (status, signal) => ended(status ?? signal));
    });
  }

  ask(name, ...words) {
    return new Promise((resolve, reject) => {
      if (this.ended) {
        reject(this.ended);
        return;
      }
      this.waiting.push({ resolve, reject });
      this.child.stdin.write(`${[name, ...words.map(word)].join(' ')}\n`);
    });
  }

  async end() {
    this.child.stdin.end();
    const status = await this.closed;
    if (status !== 0) throw this.ended;
  }
}

const DRIVER = process.env.RATCHET_DRIVER ?? path(process.env.BUILD ?? 'build', 'tests', 'ratchet_driver');

const short = (text) => (text.length > 300 ? `${text.slice(0, 300)}... (${text.length})` : text);

// Without what means nothing: ep_s while there is no sending chain.
function plainState(answer) {
  const words = answer.split(' ');
  if (words[7] === '1') words[10] = '0';
  return words.join(' ');
}

export class World {
  // plays: for each of a and b who plays it, such as { a: ['js'], b: ['c'] }.
  constructor(plays, dice) {
    this.plays = plays;
    this.dice = dice;
    this.compared = 0;
    this.js = new Peer();
    this.players = { js: this.js };
    if (Object.values(plays).flat().includes('c')) this.players.c = new Driver(DRIVER);
    this.all = Object.keys(this.players);
  }

  // Whether both play everything, so that their tapes are at the same place.
  get inStep() {
    return this.plays.a.length + this.plays.b.length === 4;
  }

  // The answer to a command, by those who play `who`.
  async ask(who, name, ...words) {
    const players = who === 'all' ? this.all : this.plays[who];
    const answers = [];
    for (const player of players) {
      const answer = await this.players[player].ask(name, ...words);
      answers.push(name === 'state' ? plainState(answer) : answer);
    }
    if (answers.some((answer) => answer !== answers[0])) {
      throw new Error(
        `${short([name, ...words.map(word)].join(' '))}\n` +
          players.map((player, i) => `  ${player}: ${short(answers[i])}`).join('\n'),
      );
    }
    if (answers.length > 1) this.compared++;
    return answers[0];
  }

  // The same, after seeing to it that as many blocks as a command may draw are on the tapes.
  async draws(who, blocks, name, ...words) {
    const need = blocks * 32;
    if (!this.inStep || this.js.random.rest.length < need)
      await this.ask(this.inStep ? 'all' : who, 'tape', this.dice.bytes(this.inStep ? need + 4096 : need));
    const answer = await this.ask(who, name, ...words);
    if (this.inStep) await this.ask(who, 'left');
    return answer;
  }

  // Has C store a session and read it back, as a new process would.
  async reload(who, slot) {
    if (!this.plays[who].includes('c')) return;
    const answer = await this.players.c.ask('reload', slot);
    if (!answer.startsWith('ok')) throw new Error(`reload: ${answer}`);
  }

  async end() {
    await this.players.c?.end();
  }
}

export const toBytes = (text) => (text === '-' ? null : Uint8Array.from(Buffer.from(text, 'hex')));

// What the words of an answer to receive or open are.
export function readReceived(answer) {
  const [status, kind, n, gap, ep, time, text, offer] = answer.split(' ');
  if (status === 'no') return { word: kind };
  return {
    word: 'ok',
    late: kind === 'late',
    n: Number(n),
    gap: Number(gap),
    ep: Number(ep),
    time,
    text,
    offer,
  };
}

const STATE = [
  'role',
  'sid',
  'opened',
  'suspect',
  'asked',
  'rk',
  'needSend',
  'ns',
  'pn',
  'epS',
  'nr',
  'epR',
  'rootEp',
  'phase',
  'e',
  'count',
  'since',
  'fresh',
  'skipped',
  'old',
  'env',
  'bad',
];
export const readState = (answer) =>
  Object.fromEntries(
    answer
      .split(' ')
      .slice(1)
      .map((text, i) => [STATE[i], text]),
  );
