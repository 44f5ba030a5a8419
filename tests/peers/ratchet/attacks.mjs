// What must be refused: both implementations are shown the same, and must say the same word, which is
// written here.

import { DAY, NONE, canonical, dhKeys, int, join, kemKeys, label, sign, systemRandom } from './functions.mjs';
import { OFFER, OPENED, PQ_CT, PQ_EK, REKEY, TEXT, TIME, item } from './items.mjs';
import { newOffer, parseOffer } from './offer.mjs';
import { envelope, openBlock } from './opening.mjs';
import { OVERHEAD } from './session.mjs';
import { NOW, TODAY, LOW_ORDER, Trials, ascii, flip, put, unreduced } from './trials.mjs';
import { readReceived, toBytes } from './world.mjs';

export class Attacks extends Trials {
  async offers() {
    const { world, dice } = this;
    const [bytes] = await this.make('b', 3, 'offer', 1, 0, 2, TODAY + 1, null);
    const offer = toBytes(bytes);
    const { iks } = world.js.parties[1].id;
    const signed = (at, others) => {
      const body = put(offer, at, others).subarray(0, 1288);
      return join(body, sign(iks.seed, join(label('offer'), body)));
    };
    const judge = (about, word, what, today = TODAY) =>
      this.want(`offer: ${about}`, word, 'all', 'check', what, today);

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
    await judge(
      'with an unreduced KEM key',
      'no malformed',
      signed(104, unreduced(offer.subarray(104, 1288))),
    );
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

  async openings() {
    const { world, dice } = this;
    const offerOf = async (o, kind, only) =>
      toBytes((await this.make('b', 3, 'offer', 1, o, kind, TODAY, only))[0]);
    const offer = await offerOf(2, 2, null);
    const say = (about, word, wire, now = NOW) =>
      this.want(`opening: ${about}`, word, 'b', 'open', 1, 21, now, wire);

    const good = this.opening(offer);
    for (let i = 0; i < 64; i++) {
      const [from, to] = dice.pick([
        [0, 32],
        [32, 1120],
        [1120, 1281],
        [1281, 1357],
        [1357, 1536],
      ]);
      await say(
        'a bit flipped',
        from === 1281 || from === 1357 ? 'no corrupt' : 'no not-for-us',
        flip(dice, good, from, to),
      );
    }
    await say('nothing but noise', 'no not-for-us', dice.bytes(1536));
    for (const point of LOW_ORDER) {
      await say('E of low order', 'no not-for-us', this.opening(offer, { E: point }));
      await say('E0 of low order', 'no not-for-us', this.opening(offer, { e0: point }));
      await say('IKd of low order', 'no not-for-us', this.opening(offer, { ikdA: point }));
    }
    await say('a block of version 2', 'no unsupported', this.opening(offer, { version: 2 }));
    await say(
      "in somebody else's name",
      'no corrupt',
      this.opening(offer, { ikdA: dhKeys(dice.bytes(32)).public }),
    );
    await say(
      "in B's own name",
      'no not-for-us',
      this.opening(offer, { iksA: parseOffer(offer).iks, ikdA: parseOffer(offer).ikd }),
    );
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
    const block = openBlock(
      world.js.parties[1].id,
      world.js.parties[1].offers[2],
      good.subarray(0, 32),
      good.subarray(32, 1120),
      good.subarray(1120, 1281),
    );
    await this.want(
      'opening: passed on to a third',
      'no corrupt',
      'b',
      'open',
      2,
      22,
      NOW,
      join(envelope(parseOffer(third), block, systemRandom), good.subarray(1281)),
    );

    const { fp } = world.js.parties[0].id;
    const mine = await offerOf(3, 1, fp);
    const once = this.opening(mine);
    await say(
      'of an offer for one, by another',
      'no not-for-us',
      this.opening(mine, { iksA: dhKeys(dice.bytes(32)).public }),
    );
    await say('of an offer for one, by that one', 'ok', once);
    await say('of an offer that is used up', 'no not-for-us', this.opening(mine));
    await say('repeated, of an offer that is used up', 'no not-for-us', once);
    const revoked = await offerOf(4, 2, null);
    await world.ask('b', 'revoke', 1, 4);
    await say('of an offer that was revoked', 'no not-for-us', this.opening(revoked));
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
      [
        'two bytes of an item',
        'no malformed',
        join(item(TEXT, new Uint8Array(room - 5).fill(65)), Uint8Array.of(1, 0)),
      ],
      [
        'an item that is cut',
        'no malformed',
        join(item(TEXT, new Uint8Array(room - 6).fill(65)), Uint8Array.of(1, 1, 0)),
      ],
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
      ['OPENED, and one that must be understood', 'no malformed', join(item(OPENED, int(8, NOW)), item(0x80, NONE))],
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
    if (!canonical(ek) || canonical(unreduced(ek)))
      throw new Error('the keys of this test are not what they should be');
    for (const [about, word, plain, size] of cases) await this.show(about, word, this.forge({ plain, size }));

    const theirs = newOffer(this.world.js.parties[0].id, 1, TODAY, systemRandom).bytes;
    const others = newOffer(this.world.js.parties[2].id, 1, TODAY, systemRandom).bytes;
    const carried = async (about, offer, comes) =>
      this.check(`message: ${about}`, async () => {
        await this.world.ask('b', 'copy', 1, 23);
        const wire = this.forge({ plain: join(item(OFFER, offer), hi), size: 2048 });
        const got = readReceived(await this.world.ask('b', 'receive', 23, NOW, wire));
        if (got.word !== 'ok' || (got.offer !== '-') !== comes || got.text !== '6869')
          throw new Error(JSON.stringify(got));
      });
    await carried("an offer of the sender's", theirs, true);
    await carried("an offer of somebody else's", others, false);
    await carried(
      "an offer of the receiver's",
      newOffer(this.world.js.parties[1].id, 1, TODAY, systemRandom).bytes,
      false,
    );
    await carried(
      'an expired offer',
      newOffer(this.world.js.parties[0].id, 1, TODAY - 1, systemRandom).bytes,
      false,
    );
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
      await this.show(
        'another epoch',
        b().pq.phase === 'answering' && ep === b().pq.e ? 'no corrupt' : 'no fork',
        this.forge({ header: { ep } }),
      );
    for (const dh of LOW_ORDER)
      await this.show('a ratchet key of low order', 'no corrupt', this.forge({ header: { dh } }));
    await this.show(
      "a ratchet key that is not the chain's",
      'no corrupt',
      this.forge({ header: { dh: dhKeys(dice.bytes(32)).public } }),
    );

    // and now within a chain, of which B has 0, not 1, and then 2
    await this.pass('a');
    const missing = await this.wireFrom('a');
    await this.pass('a');
    await this.show('within a chain', 'ok', this.forge({}));
    await this.show(
      'another ratchet key',
      'no fork',
      this.forge({ header: { dh: dhKeys(dice.bytes(32)).public } }),
    );
    await this.show('another epoch in a chain', 'no fork', this.forge({ header: { ep: root + 1 } }));
    await this.show('pn is not looked at', 'ok', this.forge({ header: { pn: 7 } }));
    await this.show('one that was received', 'no duplicate-or-expired', this.forge({ header: { n: 2 } }));
    await this.show(
      'one that was skipped, with another body',
      'no corrupt',
      this.forge({ header: { n: 1 } }),
    );
    await this.show('one that was skipped', 'ok late 1 0', missing);
    const next = await this.wireFrom('a');
    await this.show('the next', 'ok ok 3 0', next);
    for (let at = 0; at < next.length; at++) {
      const word = at < 76 ? 'no not-for-us' : 'no corrupt';
      await this.show('a bit of each byte flipped', word, put(next, at, [next[at] ^ (1 << dice.below(8))]));
    }
    for (const n of [0, 1, 75, 76, 107, 108, 255, 257]) {
      await this.show(
        'a length that is no class',
        'no malformed',
        n < 256 ? next.subarray(0, n) : join(next, Uint8Array.of(0)),
      );
    }
    await this.show(
      'a header with the body of another',
      'no corrupt',
      join(next.subarray(0, 76), missing.subarray(76)),
    );
    await this.show('in a larger class', 'no corrupt', join(next, new Uint8Array(256)));
    await this.show(
      'behind noise, as an opening would be',
      'no corrupt',
      join(dice.bytes(1281), next.subarray(0, 255)),
    );
    await this.check(
      'message: a wrong body is noted, three different ones at most, and forgotten',
      async () => {
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
      },
    );

    // the old chain
    await world.ask('b', 'receive', 1, NOW, next);
    await this.pass('b');
    await this.pass('a');
    await this.show('one of a chain that was left', 'ok late 1 0', missing);
    await world.ask('b', 'receive', 1, NOW, missing);
    await this.show('the same again: its chain is gone', 'no not-for-us', missing);
  }
}
