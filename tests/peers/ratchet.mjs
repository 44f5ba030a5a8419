// Crosses our conversations with a second implementation of signet-ratchet(7), which is beside this
// file in ratchet/, written from that page and not from our code.
//
//     node tests/peers/ratchet.mjs [SCHEDULES [SEED]]
//
// The known answers of the page, what must be refused, text and fragments, and then random schedules:
// by JavaScript alone, by JavaScript and C in either role, and by both implementations playing both
// parties with the same randomness, in which case every answer and every byte sent must be the same.
// The C side is the program built from ratchet_driver.c, build/tests/ratchet_driver, or what
// RATCHET_DRIVER names. SCHEDULES can also be given as RATCHET_SCHEDULES. All that is random comes
// from SEED, which is printed.

import { randomBytes } from 'node:crypto';
import { Attacks } from './ratchet/attacks.mjs';
import { knownAnswers } from './ratchet/known.mjs';
import { Limits } from './ratchet/limits.mjs';
import { people, schedule } from './ratchet/schedules.mjs';
import { Texts } from './ratchet/texts.mjs';
import { Dice, World } from './ratchet/world.mjs';

const quick = process.env.SG_TEST_QUICK === '1';
const {
  2: count = process.env.RATCHET_SCHEDULES ?? (quick ? '10' : '40'),
  3: seed = randomBytes(16).toString('hex'),
} = process.argv;
const long = Number(count) > 1000;
if (!/^[1-9][0-9]*$/.test(count)) {
  console.log(`${count} is no number of schedules`);
  process.exit(2);
}

const JS = ['js'],
  C = ['c'],
  BOTH = ['js', 'c'];
const CASTS = [
  ['both as both', { a: BOTH, b: BOTH }, 0.6],
  ['JavaScript opens, C answers', { a: JS, b: C }, 0.15],
  ['C opens, JavaScript answers', { a: C, b: JS }, 0.15],
  ['JavaScript alone', { a: JS, b: JS }, 0.1],
];

// A process that cannot be traced cannot look for its own leaks, except as root.
if (process.getuid()) process.env.ASAN_OPTIONS ??= 'detect_leaks=0';

const results = new Map(); // from the name of a test to whether it passed, each time if there were several
const dice = new Dice(seed);

async function check(name, run) {
  try {
    await run();
    if (!results.has(name)) results.set(name, true);
  } catch (error) {
    results.set(name, false);
    console.log(`not ok ${name}: ${error.stack}`);
  }
}

async function within(plays, run) {
  const world = new World(plays, dice);
  await run(world);
  await world.end();
}

const started = Date.now();
const told = (text) => console.log(`${((Date.now() - started) / 1000).toFixed(1)} s: ${text}`);

console.log(`seed ${seed}, ${count} schedules`);
const parts = {
  'known answers': (world) => knownAnswers(world, check),
  attacks: async (world) => {
    const attacks = new Attacks(world, check);
    await people(world);
    await attacks.offers();
    await people(world);
    await attacks.openings();
    await attacks.conversation();
    await attacks.items();
    await attacks.headers();
  },
  limits: async (world) => {
    const limits = new Limits(world, check);
    await people(world);
    await limits.conversation();
    await limits.limits(long);
  },
  'text and fragments': async (world) => {
    const texts = new Texts(world, check);
    await texts.tokens();
    for (let i = 0; i < 50; i++) await texts.soup();
    await texts.fragments();
    for (let i = 0; i < 30; i++) await texts.mixture();
  },
};
for (const [name, run] of Object.entries(parts)) {
  await check(name, () =>
    within({ a: BOTH, b: BOTH }, async (world) => {
      await run(world);
      told(`${name}, ${world.compared} answers alike`);
    }),
  );
}

for (const [name, plays, share] of CASTS) {
  await check(`schedules: ${name}`, () =>
    within(plays, async (world) => {
      const sum = { schedules: 0, sent: 0, delivered: 0, refused: 0 };
      await people(world);
      for (; sum.schedules < Math.ceil(Number(count) * share); sum.schedules++) {
        const went = await schedule(world).catch((error) => {
          throw new Error(`schedule ${sum.schedules}: ${error.stack}`);
        });
        sum.sent += went.sent.a.length + went.sent.b.length;
        sum.delivered += went.delivered;
        sum.refused += went.refused;
      }
      told(
        `${name}: ${sum.schedules} schedules, ${sum.sent} messages sent, ${sum.delivered} delivered, ` +
          `${sum.refused} refused; ${world.compared} answers alike`,
      );
    }),
  );
}

const failed = [...results.values()].filter((passed) => !passed).length;
console.log(`${results.size - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
