// What lies on either side of each limit, and how long messages are.

import { DAY, dhKeys, systemRandom } from './functions.mjs';
import { newOffer } from './offer.mjs';
import { OVERHEAD, beginChain, chain, copy, receive } from './session.mjs';
import { NOW, TODAY, Trials, ascii } from './trials.mjs';
import { readReceived, toBytes } from './world.mjs';

export class Limits extends Trials {
  async limits(long) {
    const { world } = this;
    const keep = () => world.ask('b', 'copy', 1, 24);
    const take = (about, word, wire, now = NOW) =>
      this.want(`limit: ${about}`, word, 'b', 'receive', 24, now, wire);

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
    for (const [about, span, word] of [
      ['a key of a chain left later', 30n * DAY, 'ok late'],
      ['and a chain whose keys are gone has gone', 30n * DAY + 1n, 'no not-for-us'],
    ]) {
      await keep();
      await take(about, word, early, NOW + span);
    }
    await this.pass('b', NOW + 10n * DAY);
    const timed = toBytes((await this.make('a', 3, 'send', 0, NOW, 256, 1, ascii('so'), null))[0]);
    for (const [about, span, word] of [
      ['an hour old', 3600000n, 'ok ok'],
      ['a millisecond more', 3600001n, 'ok late'],
      ['from the future', -1n, 'ok ok'],
    ]) {
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
      for (; ; sent++) {
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
        const length = answer.split(' ')[1].length / 2;
        if (answer.startsWith('no') ? answer !== want : length !== want)
          throw new Error(`${answer.slice(0, 40)} ${length}, not ${want}`);
      });
    // a session at rest: A answered what there was to answer, and writes a second message
    await this.pass('a');
    await this.pass('a');
    for (const [n, fits] of [
      [1, 256],
      [145, 256],
      [146, 512],
      [401, 512],
      [402, 1024],
      [913, 1024],
      [914, 1536],
      [1425, 1536],
      [1426, 2048],
      [64119, 65536],
      [64120, 'no too-long'],
      [65536, 'no too-long'],
    ]) {
      await size('text', 'a', 0, 0, n, 0, fits);
      if (n > 11 && typeof fits === 'number' && n < 64119)
        await size('text and TIME', 'a', 0, 1, n - 11, 0, fits);
    }
    for (const floor of [256, 257, 1536, 65536])
      await size(`floor ${floor}`, 'a', 0, 0, 1, floor, floor === 257 ? 512 : floor);
    for (const [n, fits] of [
      [133, 1536],
      [134, 2048],
      [64119, 65536],
      [64120, 'no too-long'],
    ])
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
    for (const [n, fits] of [
      [236, 1536],
      [237, 2048],
      [64119, 65536],
    ])
      await size('beside PQ_EK', 'b', 32, 0, n, 0, fits);
    const [wire] = await this.make('b', 3, 'send', 32, NOW, 256, 0, null, null);
    await world.ask('a', 'receive', 30, NOW, toBytes(wire));
    for (const [n, fits] of [
      [332, 1536],
      [333, 2048],
      [64119, 65536],
    ])
      await size('beside PQ_CT', 'a', 30, 0, n, 0, fits);
    await this.check('an OFFER that does not fit beside the text is left out', async () => {
      await world.ask('a', 'copy', 30, 31);
      await this.make('a', 3, 'send', 31, NOW, 256, 0, null, null);
      const mine = newOffer(world.js.parties[0].id, 1, TODAY, systemRandom).bytes;
      for (const [n, there] of [
        [65536 - OVERHEAD - 3 - 1355, true],
        [65536 - OVERHEAD - 3 - 1354, false],
      ]) {
        await world.ask('b', 'copy', 32, 33);
        await world.ask('a', 'copy', 31, 34);
        const [sent] = await this.make('a', 3, 'send', 34, NOW, 256, 0, dice.bytes(n), mine);
        const got = readReceived(await world.ask('b', 'receive', 33, NOW, toBytes(sent)));
        if (got.word !== 'ok' || got.text.length !== 2 * n || (got.offer !== '-') !== there)
          throw new Error(`${n}: ${got.word} ${got.offer.length}`);
      }
    });
  }

  async suspicion() {
    const { world } = this;
    await this.check('a fork stops sending until it is forced or accepted', async () => {
      await world.ask('b', 'copy', 1, 24);
      const forged = this.forge({ header: { dh: dhKeys(this.dice.bytes(32)).public } });
      const said = [await world.ask('b', 'receive', 24, NOW, forged)];
      for (const flags of [0, 2])
        said.push((await world.draws('b', 3, 'send', 24, NOW, 256, flags, null, null)).slice(0, 10));
      await world.ask('b', 'accept', 24);
      said.push((await world.draws('b', 3, 'send', 24, NOW, 256, 0, null, null)).slice(0, 2));
      if (!/^no fork,no suspect,ok .*,ok$/.test(said.join())) throw new Error(said.join());
    });
  }
}
