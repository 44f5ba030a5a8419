// Compares our ML-KEM-768 and X-Wing with those of the npm package @noble/post-quantum.
//
//     node tests/peers/mlkem.mjs [DRIVER [ROUNDS [SEED]]]
//
// DRIVER is the program built from mlkem_driver.c, build/tests/mlkem_driver if not said. Every input comes from SEED, which is printed.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { ml_kem768_x25519 } from '@noble/post-quantum/hybrid.js';
import { shake256 } from '@noble/hashes/sha3.js';

const [driver = join(process.env.BUILD ?? 'build', 'tests', 'mlkem_driver'), rounds = '100', seed = randomBytes(16).toString('hex')] = process.argv.slice(2);

const source = shake256.create().update(Buffer.from(seed, 'hex'));
const draw = (n) => source.xof(n);
const below = (n) => Buffer.from(draw(4)).readUInt32LE() % n;
const hex = (bytes) => Buffer.from(bytes).toString('hex');

// The same bytes with one bit of [from, to) flipped.
function flip(bytes, from = 0, to = bytes.length) {
  const copy = Uint8Array.from(bytes);
  copy[from + below(to - from)] ^= 1 << below(8);
  return copy;
}

// The same bytes with others put in at an offset.
function put(bytes, at, others) {
  const copy = Uint8Array.from(bytes);
  copy.set(others, at);
  return copy;
}

const cases = [];

// Notes a command for the driver and what the peer, given copies of the inputs, says to it.
function expect(about, command, inputs, peer) {
  let answer;
  try {
    answer = peer(...inputs.map((bytes) => Uint8Array.from(bytes))).map(hex).join(' ');
  } catch {
    answer = 'refused';
  }
  cases.push({ about, line: [command, ...inputs.map(hex)].join(' '), answer });
}

// A public key that section 7.2 of FIPS 203 has refused. The peer is not asked: release 0.5.4
// decodes coefficients without reducing them, so that its own check passes every key.
function refuse(about, command, inputs) {
  expect(about, command, inputs, () => { throw new Error('out of range'); });
}

function mlkem() {
  const keySeed = draw(64), coins = draw(32);
  const { publicKey, secretKey } = ml_kem768.keygen(Uint8Array.from(keySeed));
  const encaps = (key, m) => {
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(key, m);
    return [cipherText, sharedSecret];
  };
  const decaps = (about, text) =>
    expect(about, 'decaps', [keySeed, text],
      (_, copy) => [ml_kem768.decapsulate(copy, Uint8Array.from(secretKey))]);

  expect('key pair', 'keygen', [keySeed], () => [publicKey, secretKey]);
  expect('encapsulation', 'encaps', [publicKey, coins], encaps);
  const [text] = encaps(Uint8Array.from(publicKey), Uint8Array.from(coins));
  decaps('decapsulation', text);
  decaps('rejection: u changed', flip(text, 0, 960));
  decaps('rejection: v changed', flip(text, 960));
  decaps('rejection: random', draw(text.length));

  const at = 3 * below(384), value = 3329 + below(4096 - 3329);
  const low = [value & 255, (publicKey[at + 1] & 0xf0) | (value >> 8)];
  const high = [(publicKey[at + 1] & 15) | ((value & 15) << 4), value >> 4];
  refuse('even coefficient out of range', 'encaps', [put(publicKey, at, low), coins]);
  refuse('odd coefficient out of range', 'encaps', [put(publicKey, at + 1, high), coins]);
}

const LOW_ORDER = [
  '00'.repeat(32),
  '01' + '00'.repeat(31),
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ec' + 'ff'.repeat(30) + '7f',
  'ed' + 'ff'.repeat(30) + '7f',
  'ee' + 'ff'.repeat(30) + '7f',
].map((text) => Buffer.from(text, 'hex'));

function xwing() {
  const keySeed = draw(32), coins = draw(64);
  const { publicKey } = ml_kem768_x25519.keygen(Uint8Array.from(keySeed));
  const encaps = (key, m) => {
    const { cipherText, sharedSecret } = ml_kem768_x25519.encapsulate(key, m);
    return [cipherText, sharedSecret];
  };
  const decaps = (about, enc) =>
    expect(about, 'xwing-decaps', [keySeed, enc],
      (copy, text) => [ml_kem768_x25519.decapsulate(text, copy)]);

  expect('X-Wing public key', 'xwing-public', [keySeed], () => [publicKey]);
  expect('X-Wing encapsulation', 'xwing-encaps', [publicKey, coins], encaps);
  const [enc] = encaps(Uint8Array.from(publicKey), Uint8Array.from(coins));
  decaps('X-Wing decapsulation', enc);
  decaps('X-Wing: ML-KEM part changed', flip(enc, 0, 1088));
  decaps('X-Wing: X25519 part changed', flip(enc, 1088));
  decaps('X-Wing: random', draw(enc.length));
  const low = LOW_ORDER[below(LOW_ORDER.length)];
  decaps('X-Wing: share of low order', put(enc, 1088, low));
  expect('X-Wing: public key of low order', 'xwing-encaps', [put(publicKey, 1184, low), coins],
    encaps);
  refuse('X-Wing: coefficient out of range', 'xwing-encaps',
    [put(publicKey, 0, [255, 255]), coins]);
}

console.log(`seed ${seed}, ${rounds} rounds`);
for (let i = 0; i < Number(rounds); i++) {
  mlkem();
  xwing();
}

const run = spawnSync(driver, [], {
  input: cases.map((c) => c.line + '\n').join(''),
  maxBuffer: 2 ** 30,
});
const answers = run.stdout?.toString().split('\n') ?? [];
let failed = run.status === 0 ? 0 : 1;
if (failed) console.log(`the driver failed: ${run.error ?? run.status ?? run.signal}`);
let passed = 0;
cases.forEach(({ about, line, answer }, i) => {
  if (answers[i] === answer) {
    passed++;
  } else {
    failed++;
    console.log(`differs: ${about}\n  ${line}\n  peer ${answer}\n  ours ${answers[i]}`);
  }
});
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
