// Tokens in text that has been through people's hands, and messages in fragments: both
// implementations must find the same, and what was whole must be found.

import { DAY, NONE, join } from './functions.mjs';
import { CLASSES } from './items.mjs';
import { token } from './tokens.mjs';

const NOW = 1800000000000n;
const ascii = (text) => new TextEncoder().encode(text);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const readScan = (answer) => {
  const words = answer.split(' ').slice(2);
  return words.filter((_, i) => i % 2).map((hex, i) => `${words[2 * i]} ${hex}`);
};

export class Texts {
  constructor(world, check) {
    this.world = world;
    this.dice = world.dice;
    this.check = check;
  }

  // Looks for tokens in text; each of `wanted`, a kind and bytes, must come out, in this order, and
  // nothing else if `only`.
  async find(about, text, wanted, only = true) {
    await this.check(`text: ${about}`, async () => {
      const found = readScan(
        await this.world.ask('all', 'scan', typeof text === 'string' ? ascii(text) : text),
      );
      const want = wanted.map(([kind, bytes]) => `${kind} ${Buffer.from(bytes).toString('hex')}`);
      const rest = [...found];
      for (const one of want) {
        const at = rest.indexOf(one);
        if (at < 0) throw new Error(`not found: ${one.slice(0, 40)}`);
        rest.splice(0, at + 1);
      }
      if (only && found.length !== want.length) throw new Error(`${found.length} were found`);
    });
  }

  async tokens() {
    const { dice, world } = this;
    const m = dice.bytes(256);
    const o = dice.bytes(1352);
    const f = dice.bytes(11);
    const M = token('m', m);
    const some = (n) => Array.from({ length: n }, () => dice.pick([...ALPHABET])).join('');
    await this.check('text: the lengths that are said', () => {
      if (M.length !== 348 || token('o', o).length !== 1809) throw new Error(`${M.length}`);
    });
    for (const [kind, bytes] of [
      ['m', m],
      ['o', o],
      ['f', f],
      ['m', dice.bytes(65536)],
      ['f', dice.bytes(49152)],
    ]) {
      await this.check(`text: a token of ${bytes.length} bytes`, () => world.ask('all', 'wrap', kind, bytes));
      await this.find('alone', token(kind, bytes), [[kind, bytes]]);
    }
    await this.find('nothing', NONE, []);
    await this.find('no token', 'Nothing to see here, rt1 rt1m rt1x.AAAA.', []);
    await this.find('a line of chat', `<bob> ${M} ok?`, [['m', m]]);
    await this.find('directly after a word', `wort1m.x${M}`, [['m', m]]);
    await this.find('two in one', M + M, [
      ['m', m],
      ['m', m],
    ]);
    await this.find('two that share no dot', M + token('o', o), [
      ['m', m],
      ['o', o],
    ]);
    await this.find(
      'quoted and wrapped',
      `> ${M.match(/.{1,60}/g).join('\r\n>> \t')}`.replace('rt1m.', 'rt1m.\n> '),
      [['m', m]],
    );
    await this.find('a prefix in two pieces', M.replace('rt1m.', 'rt1\nm.'), []);
    await this.find('a prefix in upper case', M.replace('rt1m.', 'RT1M.'), []);
    await this.find('a mark inside', `${M.slice(0, 100)}|${M.slice(100)}`, []);
    await this.find('without its end', M.slice(0, -1), []);
    await this.find('a bare prefix before it', `rt1m.${M}`, [['m', m]]);
    await this.find('a bare prefix of another kind before it', `rt1o. ${M}`, [['m', m]]);
    await this.find('one that was cut before it', `${M.slice(0, 200)} ${M}`, [['m', m]]);
    await this.find('344 characters before it', some(344) + M, [['m', m]]);
    await this.find('344 characters and a prefix before it', `rt1m.${some(344 - 4)}${M}`, [['m', m]], false);
    await this.find(
      'a length that is no class',
      token('m', dice.bytes(255)) + token('m', dice.bytes(257)),
      [],
    );
    await this.find('an offer a byte short', token('o', dice.bytes(1351)), []);
    await this.find(
      'a fragment too short, and one too long',
      token('f', dice.bytes(10)) + token('f', dice.bytes(49153)),
      [],
    );
    await this.find('padding', M.replace(/\.$/, '==.'), []);
    await this.find('the other alphabet', M.replace(/[A-Z]/, '+'), []);
    for (const [n, spare] of [
      [11, 3],
      [12, 0],
      [13, 15],
    ]) {
      // the bits of the last character that are unused
      const good = token('f', new Uint8Array(n));
      await this.find('zero bits at the end', good, [['f', new Uint8Array(n)]]);
      for (const last of ['B', 'C', 'E', 'I', 'Q', 'g']) {
        const changed = good.replace(/A\.$/, `${last}.`);
        const valid = (ALPHABET.indexOf(last) & spare) === 0;
        const value = Uint8Array.from(Buffer.from(changed.slice(5, -1), 'base64url'));
        await this.find('other bits at the end', changed, valid ? [['f', value]] : []);
      }
    }
    await this.find('a character too many', token('f', new Uint8Array(12)).replace(/\.$/, 'A.'), []);
    await this.find(
      'bytes that are no text',
      join(dice.bytes(300), ascii(` ${M}`), dice.bytes(300)),
      [['m', m]],
      false,
    );
    await this.find(
      'a NUL inside',
      ascii(M).map((c, i) => (i === 50 ? 0 : c)),
      [],
    );
  }

  // Text put together from tokens, parts of tokens, and other things.
  async soup() {
    const { dice } = this;
    const wanted = [];
    let text = '';
    for (let i = 3 + dice.below(12); i > 0; i--) {
      const kind = dice.pick(['m', 'o', 'f']);
      const bytes = dice.bytes({ m: dice.pick(CLASSES.slice(0, 4)), o: 1352, f: 11 + dice.below(90) }[kind]);
      const whole = token(kind, bytes);
      const cut = whole.slice(0, dice.below(whole.length));
      const width = 1 + dice.below(90);
      const shape = dice.below(7);
      if (shape < 3) {
        wanted.push([kind, bytes]);
        const lines = whole.slice(5).match(new RegExp(`.{1,${width}}`, 'g'));
        text +=
          whole.slice(0, 5) + (shape ? lines.join(dice.pick(['\n', '\r\n> ', ' ', '\t'])) : whole.slice(5));
      } else {
        text += [cut, whole.slice(dice.below(whole.length)), 'rt1', cut.replace('.', ' .')][shape - 3];
      }
      text += dice.pick(['', ' ', '\n', '>', '.', 'rt1m.', '<x> ', '\u00e4', ',']);
    }
    // What was cut can end in what follows, so more than was wanted may be found.
    await this.find('soup', text, wanted, false);
  }

  async add(fragment, now = NOW) {
    return this.world.ask('all', 'join', now, fragment);
  }

  async pieces(wire, characters) {
    const answer = await this.world.ask('all', 'split', wire, characters);
    if (answer.startsWith('no')) return answer;
    return answer
      .split(' ')
      .slice(2)
      .map((t) => {
        if (t.length > characters) throw new Error(`${t.length} characters`);
        return Uint8Array.from(Buffer.from(t.slice(5, -1), 'base64url'));
      });
  }

  // A fragment with the same place as another, and other bytes.
  another(fragment, n = fragment.length - 10) {
    return join(fragment.subarray(0, 10), this.dice.bytes(n));
  }

  shuffled(list) {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.dice.below(i + 1);
      [out[i], out[j]] = [out[j], out[i]];
    }
    return out;
  }

  async fragments() {
    const { dice, world } = this;
    const whole = (wire) => `ok whole ${Buffer.from(wire).toString('hex')}`;
    const fresh = () => world.ask('all', 'reset');
    const want = (answer, expected) => {
      if (answer !== expected) throw new Error(`${answer.slice(0, 100)}, not ${expected.slice(0, 100)}`);
    };
    const test = (about, run) => this.check(`fragments: ${about}`, run);

    for (const [size, characters, count] of [
      [256, 32, 29],
      [256, 348, 2],
      [1536, 348, 7],
      [2048, 32, 228],
      [3072, 32, 0],
      [49152, 348, 200],
      [65536, 348, 0],
      [65536, 65542, 2],
      [65536, 1000000, 2],
      [65536, 363, 0],
      [65536, 364, 255],
    ]) {
      await test(`${size} bytes in lines of ${characters}`, async () => {
        await fresh();
        const wire = dice.bytes(size);
        const all = await this.pieces(wire, characters);
        if (count === 0) {
          want(all, 'no too-long');
          return;
        }
        if (all.length !== count) throw new Error(`${all.length} pieces`);
        const order = this.shuffled(all);
        for (const piece of order.slice(1)) want(await this.add(piece), 'ok partial');
        want(await this.add(order[0]), whole(wire));
        want(await this.add(order[0]), 'ok partial');
      });
    }
    for (const [about, change] of [
      [
        'cnt 0',
        (p) => {
          p[8] = 0;
          p[9] = 0;
        },
      ],
      [
        'idx not below cnt',
        (p) => {
          p[8] = p[9];
        },
      ],
      [
        'idx 255',
        (p) => {
          p[8] = 255;
          p[9] = 255;
        },
      ],
    ]) {
      await test(about, async () => {
        const piece = (await this.pieces(dice.bytes(256), 100))[0];
        change(piece);
        want(await this.add(piece), 'no malformed');
      });
    }
    await test('an empty chunk', async () => want(await this.add(dice.bytes(10).fill(9, 9)), 'no malformed'));

    await test('poison of up to two variants does no harm', async () => {
      await fresh();
      const wire = dice.bytes(1024);
      const all = await this.pieces(wire, 348);
      want(await this.add(this.another(all[0])), 'ok partial');
      want(await this.add(all[0]), 'ok partial');
      want(await this.add(this.another(all[0], 7)), 'ok partial');
      for (const piece of [all[2], all[4]]) want(await this.add(piece), 'ok partial');
      want(await this.add(this.another(all[3])), 'ok partial');
      want(await this.add(all[3]), 'ok partial');
      want(await this.add(this.another(all[1])), 'ok partial');
      want(await this.add(all[1]), whole(wire));
    });
    await test('a fourth variant pushes out the first', async () => {
      await fresh();
      const wire = dice.bytes(512);
      const [first, second, third] = await this.pieces(wire, 348);
      await this.add(first);
      for (let i = 0; i < 3; i++) await this.add(this.another(first));
      await this.add(second);
      want(await this.add(third), 'ok partial');
      want(await this.add(first), whole(wire));
    });
    await test('a chunk that comes again is the newest', async () => {
      await fresh();
      const wire = dice.bytes(512);
      const [first, second, third] = await this.pieces(wire, 348);
      await this.add(first);
      for (let i = 0; i < 2; i++) await this.add(this.another(first));
      await this.add(first);
      for (let i = 0; i < 2; i++) await this.add(this.another(first));
      await this.add(second);
      want(await this.add(third), whole(wire));
    });
    await test('beyond 64 combinations only the newest count, and a repetition completes', async () => {
      await fresh();
      const wire = dice.bytes(1024);
      const all = await this.pieces(wire, 200);
      const poisoned = all.slice(0, 5);
      for (const piece of poisoned) for (let i = 0; i < 2; i++) await this.add(this.another(piece));
      for (const piece of poisoned) await this.add(piece);
      await this.add(this.another(poisoned[0]));
      for (const piece of all.slice(5)) want(await this.add(piece), 'ok partial');
      want(await this.add(all[0]), whole(wire));
    });
    for (const [span, word] of [
      [7n * DAY, 'whole'],
      [7n * DAY + 1n, 'partial'],
    ]) {
      await test(`after seven days${word === 'whole' ? '' : ' and a millisecond'}`, async () => {
        await fresh();
        const [first, second] = await this.pieces(dice.bytes(256), 348);
        await this.add(first);
        const got = await this.add(second, NOW + span);
        if (!got.startsWith(`ok ${word}`)) throw new Error(got);
      });
    }
    await test('a flood pushes out what was touched least recently, and is bounded', async () => {
      await fresh();
      const [first, second] = await this.pieces(dice.bytes(256), 348);
      const [other, rest] = await this.pieces(dice.bytes(256), 348);
      await this.add(first);
      await this.add(other, NOW + 1n);
      await this.add(first, NOW + 2n);
      // so many that exactly one of the two has to go: 1 MiB less both, and a little
      const each = 48000;
      const room = 1048576 - 2 * (246 + 64);
      const flood = Math.floor(room / (each + 64));
      for (let i = 0; i < flood; i++)
        await this.add(join(dice.bytes(8), Uint8Array.of(0, 2), dice.bytes(each)), NOW + 3n);
      const last = room - flood * (each + 64) - 64 + 1;
      await this.add(join(dice.bytes(8), Uint8Array.of(0, 2), dice.bytes(last)), NOW + 3n);
      want(await this.add(rest, NOW + 4n), 'ok partial');
      const got = await this.add(second, NOW + 4n);
      if (!got.startsWith('ok whole')) throw new Error(got);
    });
    await test('one collection that is larger than all may be', async () => {
      await fresh();
      const mid = dice.bytes(8);
      const words = [];
      for (let i = 0; i < 24; i++)
        words.push(await this.add(join(mid, Uint8Array.of(i, 200), dice.bytes(48000))));
      if (words.some((w) => w !== 'ok partial')) throw new Error(words.join());
      // whatever went, a message in pieces still arrives
      const wire = dice.bytes(256);
      const [first, second] = await this.pieces(wire, 348);
      await this.add(first);
      want(await this.add(second), whole(wire));
    });
  }

  // Pieces of several messages, mixed, repeated, lost, and poisoned.
  async mixture() {
    const { dice } = this;
    await this.check('fragments: a mixture', async () => {
      await this.world.ask('all', 'reset');
      const wires = Array.from({ length: 1 + dice.below(4) }, () =>
        dice.bytes(dice.pick(CLASSES.slice(0, 5))),
      );
      const poison = dice.pick([0, 0, 0.3]);
      const stream = [];
      for (const wire of wires) {
        for (const piece of await this.pieces(wire, dice.pick([100, 348, 500]))) {
          stream.push(piece);
          if (dice.chance(0.2)) stream.push(piece);
          if (dice.chance(poison)) stream.push(this.another(piece, 1 + dice.below(piece.length - 10)));
        }
      }
      const found = new Set();
      let now = NOW;
      for (const piece of this.shuffled(stream)) {
        const [, word, hex] = (await this.add(piece, (now += BigInt(dice.below(1000))))).split(' ');
        if (word !== 'whole') continue;
        if (!wires.some((w) => Buffer.from(w).toString('hex') === hex)) throw new Error('another came out');
        found.add(hex);
      }
      if (!poison && found.size !== wires.length) throw new Error(`${found.size} of ${wires.length}`);
    });
  }
}
