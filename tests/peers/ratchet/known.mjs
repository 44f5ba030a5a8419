// The worked example of signet-ratchet(7): every value in it by its name, as this implementation
// has it, and, where it passes through the line protocol, as the C one does too.

import { readFileSync } from 'node:fs';
import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { sha512 } from '@noble/hashes/sha2.js';
import {
  DH,
  H,
  KDF,
  PRF64,
  dhKeys,
  encapsulate,
  int,
  join,
  kemKeys,
  label,
  seal,
  signKeys,
  unseal,
} from './functions.mjs';
import { fingerprintText } from './identity.mjs';
import { parseOffer } from './offer.mjs';
import { toBytes } from './world.mjs';

const TIME = 1800000000000n;
const PAGE = new URL('../../../man/signet-ratchet.7', import.meta.url);

const ascii = (text) => new TextEncoder().encode(text);
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const block = (byte) => new Uint8Array(32).fill(byte);
const tape = (...blocks) => join(...blocks.map(block));
const digest = (bytes) => hex(blake2b(bytes, { dkLen: 32 }));

// The values in the page: a line that begins with a name and two spaces; more of it follows on lines
// that begin with spaces.
export function published() {
  const values = {};
  let name;
  let inside = false;
  const examples = readFileSync(PAGE, 'utf8')
    .split(/^\.Sh /m)
    .find((part) => part.startsWith('EXAMPLES'));
  for (const line of examples.split('\n')) {
    if (line.startsWith('.')) {
      inside = line.startsWith('.Bd -literal');
      continue;
    }
    const [, begin, value] = (inside && /^(\S.*?|) {2,}([0-9a-f]+)$/.exec(line)) || [];
    if (value === undefined) continue;
    if (begin) {
      if (begin in values) throw new Error(`${begin} is there twice`);
      name = begin;
      values[name] = '';
    }
    values[name] += value;
  }
  return values;
}

// The conversation of the example over the line protocol; what each wire and root key is.
async function conversation(world) {
  await world.ask('all', 'reset');
  const wires = {};
  const roots = {};
  const tapeOf = (...blocks) => world.ask('all', 'tape', tape(...blocks));
  const root = async (m) => {
    for (const [who, s] of [
      ['a', 0],
      ['b', 1],
    ])
      roots[`RK of ${who} after ${m}`] = (await world.ask(who, 'state', s)).split(' ')[6];
  };
  const send = async (m, s, text, blocks, flags = 0, now = TIME) => {
    await tapeOf(...blocks);
    const who = s ? 'b' : 'a';
    wires[m] = toBytes((await world.ask(who, 'send', s, now, 256, flags, ascii(text), null)).split(' ')[1]);
    const to = m === 'm1' ? ['open', 1, 1, TIME] : ['receive', 1 - s, TIME];
    const got = await world.ask(s ? 'a' : 'b', ...to, wires[m]);
    if (got.split(' ')[6] !== hex(ascii(text))) throw new Error(`${m}: ${got}`);
    await root(m);
  };
  await tapeOf(0x11, 0x12, 0x21, 0x22, 0x23, 0x24, 0x24);
  await world.ask('all', 'identity', 0);
  await world.ask('all', 'identity', 1);
  const offer = toBytes((await world.ask('all', 'offer', 1, 0, 2, 20800, null)).split(' ')[1]);
  // One envelope is used, the first; the others are made of zeros here.
  await tapeOf(0x31, 0x32, 0x33, 0x34, ...new Array(30).fill(0));
  const sid = (await world.ask('a', 'start', 0, 0, offer, TIME, 16, TIME)).split(' ')[1];
  await send('m1', 0, 'hello', [0x35]);
  await send('m2', 1, 'hi', [0x41, 0x42, 0x42]);
  await send('m3', 0, 'one', [0x51, 0x52]);
  await send('m4', 1, 'two', [0x61]);
  await world.ask('b', 'rekey', 1);
  await send('m5', 1, 'now', [], 1, TIME + 1000n);
  return { offer, sid, wires, roots };
}

// The same values again by the formulas of the page, as far as m1, and the secret of epoch 1.
function byHand({ offer, sid, wires, roots }) {
  const [a, b] = [0x11, 0x21].map((byte) => ({ iks: signKeys(block(byte)), ikd: dhKeys(block(byte + 1)) }));
  const spk = dhKeys(block(0x23));
  const [e0, e, a1] = [0x31, 0x33, 0x35].map((byte) => dhKeys(block(byte)));
  const { pqpk, hash: oh, fp } = parseOffer(offer);
  const th = H('open', oh, a.iks.public, a.ikd.public, e0.public);
  const products = join(
    DH(a.ikd.secret, b.ikd.public),
    DH(a.ikd.secret, spk.public),
    DH(e0.secret, b.ikd.public),
    DH(e0.secret, spk.public),
  );
  const keys = KDF(th, join(products, block(0x32)), 'handshake', '', 128);
  const [rk, hka, nhkb, sid2] = [0, 32, 64, 96].map((at) => keys.subarray(at, at + 32));
  const { ct, ss } = encapsulate(pqpk, block(0x34));
  const k = KDF(
    H('env', oh, e.public, ct),
    join(DH(e.secret, spk.public), DH(e.secret, b.ikd.public), ss),
    'envelope',
    '',
    32,
  );
  const plain = join(Uint8Array.of(1), a.iks.public, a.ikd.public, e0.public, block(0x32));
  const env = join(e.public, ct, seal(k, new Uint8Array(0), plain));
  const chain = KDF(
    rk,
    join(DH(a1.secret, spk.public), block(0)),
    'root',
    join(int(2, 0), int(1, 0), a1.public, spk.public),
    96,
  );
  const mk = PRF64(chain.subarray(32, 64), 'chain').subarray(32);
  const header = join(a1.public, new Uint8Array(12));
  const hdr = seal(hka, sid2, header);
  const items = join(Uint8Array.of(6, 8, 0), int(8, TIME), Uint8Array.of(1, 5, 0), ascii('hello'));
  const body = seal(mk, join(sid2, env, hdr), join(items, new Uint8Array(1536 - 1281 - 108 - items.length)));
  if (hex(join(env, hdr, body)) !== hex(wires.m1)) throw new Error('m1 by hand is another');
  if (hex(sid2) !== sid) throw new Error('sid by hand is another');

  const ek = kemKeys(join(block(0x42), block(0x42))).publicKey;
  const one = encapsulate(ek, block(0x52));
  const K = KDF(sid2, one.ss, 'pq', join(int(2, 1), H('ek', ek), H('ct', one.ct)), 32);
  return {
    IKs_A: hex(a.iks.public),
    IKd_A: hex(a.ikd.public),
    fp_A: hex(H('identity', a.iks.public, a.ikd.public)),
    IKs_B: hex(b.iks.public),
    IKd_B: hex(b.ikd.public),
    fp_B: hex(fp),
    SPK: hex(spk.public),
    'PQPK, digest': digest(pqpk),
    'offer, digest': digest(offer),
    oh: hex(oh),
    E0: hex(e0.public),
    th: hex(th),
    RK: hex(rk),
    HKa: hex(hka),
    NHKb: hex(nhkb),
    sid: sid,
    E: hex(e.public),
    'ct, digest': digest(ct),
    ss: hex(ss),
    k: hex(k),
    'env, digest': digest(env),
    A1: hex(a1.public),
    'RK of m1': hex(chain.subarray(0, 32)),
    CK: hex(chain.subarray(32, 64)),
    NHK: hex(chain.subarray(64)),
    mk: hex(mk),
    header: hex(header),
    hdr: hex(hdr),
    items: hex(items),
    'ek, digest': digest(ek),
    'ct(1), digest': digest(one.ct),
    K: hex(K),
    ...Object.fromEntries(Object.entries(wires).map(([m, wire]) => [`${m}, digest`, digest(wire)])),
    'RK of m2': roots['RK of a after m2'],
    'RK of m3': roots['RK of b after m3'],
    'RK of m4': roots['RK of a after m5'],
  };
}

// Offers whose key or R has a part of order 8, with signatures that hold if one multiplies by the
// cofactor: { key, R } are the digests of two whole offers.
function torsion(offer) {
  const { Point } = ed25519;
  const order = Point.Fn.ORDER;
  const T8 = Point.fromBytes(
    toBytes('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
    true,
  );
  const number = (bytes) => bytes.reduceRight((v, byte) => (v << 8n) | BigInt(byte), 0n);
  const half = sha512(block(0x21)).slice(0, 32);
  half[0] &= 248;
  half[31] = (half[31] & 127) | 64;
  const a = number(half) % order;
  const r = number(block(0x71)) % order;
  const forge = (key, R) => {
    const body = Uint8Array.from(offer.subarray(0, 1288));
    body.set(key, 8);
    const k = number(sha512(join(R, key, label('offer'), body))) % order;
    return join(body, R, int(32, (r + k * a) % order));
  };
  const A = Point.BASE.multiply(a);
  const R = Point.BASE.multiply(r);
  return [forge(A.add(T8).toBytes(), R.toBytes()), forge(A.toBytes(), R.add(T8).toBytes())];
}

export async function knownAnswers(world, check) {
  const seen = await conversation(world);
  const values = {
    'H("kat", "abc")': hex(H('kat', 'abc')),
    'KDF("salt", "ikm", "kat", "ctx", 32)': hex(KDF('salt', 'ikm', 'kat', 'ctx', 32)),
    'Seal(07 x 32, "ad", "hello")': (
      await world.ask('all', 'seal', block(7), ascii('ad'), ascii('hello'))
    ).slice(3),
    ...byHand(seen),
  };
  const [key, R] = torsion(seen.offer);
  values['key, digest'] = digest(key);
  values['R, digest'] = digest(R);
  const page = published();
  for (const name of new Set([...Object.keys(page), ...Object.keys(values)])) {
    await check(`known answer: ${name}`, () => {
      if (page[name] !== values[name])
        throw new Error(`the page has ${page[name]}, here it is ${values[name]}`);
    });
  }
  await check('both sides of the example have the same root key', () => {
    for (const m of ['m4', 'm5']) {
      // B takes its step with m4, A when it arrives
      if (seen.roots[`RK of a after ${m}`] !== seen.roots[`RK of b after ${m}`]) throw new Error(m);
    }
  });
  await check('the example gives B the fingerprint text that the page has', () => {
    const text = fingerprintText(toBytes(values.fp_B));
    if (!readFileSync(PAGE, 'utf8').includes(text)) throw new Error(text);
  });
  for (const [name, offer] of Object.entries({ key, R })) {
    await check(`an offer is refused whose ${name} has a part of small order`, async () => {
      const under = ed25519.verify(
        offer.subarray(1288),
        join(label('offer'), offer.subarray(0, 1288)),
        offer.subarray(8, 40),
        { zip215: false },
      );
      if (!under) throw new Error('its signature does not hold with the cofactor');
      const answer = await world.ask('all', 'check', offer, 20800);
      if (answer !== 'no corrupt') throw new Error(answer);
    });
  }
  return values;
}
