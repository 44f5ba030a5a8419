// signet-ratchet(7), "Fragments".

import { DAY, H, join, past, same } from './functions.mjs';
import { CLASSES } from './items.mjs';

const HEAD = 10;
const COUNT_MAX = 255;
const VARIANTS = 3;
const COMBINATIONS = 64;
const ROOM = 1048576;
const EACH = 64;
const KEPT = 7n * DAY;

const midOf = (wire) => H('frag', wire).slice(0, 8);

// The fragments of a wire for lines of so many characters, or null if there would be too many.
export function cut(wire, characters) {
  const chunk = Math.min(49142, Math.floor(((characters - 6) * 3) / 4) - HEAD);
  const count = Math.ceil(wire.length / chunk);
  if (count > COUNT_MAX) return null;
  const mid = midOf(wire);
  return Array.from({ length: count }, (_, i) =>
    join(mid, Uint8Array.of(i, count), wire.subarray(i * chunk, (i + 1) * chunk)),
  );
}

// Puts fragments together.
export class Fragments {
  all = new Map(); // from mid and cnt to { time, chunks: for each idx an array, the newest last }

  size() {
    let n = 0;
    for (const { chunks } of this.all.values())
      for (const variants of chunks) for (const v of variants) n += v.length + EACH;
    return n;
  }

  // { word: 'malformed' }, { word: 'partial' }, or { word: 'ok', wire }.
  add(fragment, now) {
    if (fragment.length < HEAD + 1 || fragment.length > 49152) return { word: 'malformed' };
    const mid = fragment.slice(0, 8);
    const [idx, count] = fragment.subarray(8, HEAD);
    if (idx >= count) return { word: 'malformed' };
    for (const [key, { time }] of this.all) if (past(time, KEPT, now)) this.all.delete(key);

    const key = Buffer.from(join(mid, Uint8Array.of(count))).toString('hex');
    const kept = this.all.get(key) ?? { chunks: Array.from({ length: count }, () => []) };
    this.all.delete(key);
    this.all.set(key, kept); // the last of the map is the one touched last
    kept.time = now;
    const chunk = fragment.slice(HEAD);
    const others = kept.chunks[idx].filter((v) => !same(v, chunk));
    kept.chunks[idx] = [...others, chunk].slice(-VARIANTS);

    const wire = this.whole(mid, kept.chunks);
    if (wire) {
      this.all.delete(key);
      return { word: 'ok', wire };
    }
    while (this.size() > ROOM) this.all.delete(this.all.keys().next().value);
    return { word: 'partial' };
  }

  whole(mid, chunks) {
    const ways = chunks.reduce((n, variants) => n * variants.length, 1);
    const choices = ways <= COMBINATIONS ? chunks : chunks.map((v) => v.slice(-1));
    const tries = choices.reduce((n, variants) => n * variants.length, 1);
    for (let t = 0; t < tries; t++) {
      let rest = t;
      const parts = choices.map((variants) => {
        const v = variants[rest % variants.length];
        rest = Math.floor(rest / variants.length);
        return v;
      });
      const wire = join(...parts);
      if (CLASSES.includes(wire.length) && same(midOf(wire), mid)) return wire;
    }
    return null;
  }
}
