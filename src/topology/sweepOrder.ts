/** `sublevel` sweeps the values upwards, `superlevel` downwards. */
export type Direction = "sublevel" | "superlevel";

/** The positions of the high and the low half of a double in two 32-bit words. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;
const LOW = 1 - HIGH;

const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;
const DIGITS = 3;

/** Runs of at most this length use insertion sort. */
const SHORT = 96;

/**
 * The vertices in the order (value, vertex id); `superlevel` reverses it. Both sweeps use one order, so a tied maximum
 * is the same vertex in both. Also returns how many vertices share their value with another one. NaN counts as
 * +Infinity, and −0 equals 0.
 *
 * The method is a radix sort on the bits of the doubles. The bits order like the numbers after you flip the sign bit of
 * positive ones and every bit of negative ones. The first pass sorts by the high halves, the second by the low halves
 * among equal high halves (few, unless the field is flat). The sort is stable, so ties stay in order of vertex id.
 */
export function sweepOrder(values: Float64Array, direction: Direction): { order: Int32Array; tied: number } {
  const n = values.length;
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer);
  /** Writes the two halves of a vertex's key to `words`. */
  function encode(vertex: number) {
    const value = values[vertex];
    number[0] = (Number.isNaN(value) ? Infinity : value) + 0;
    const negative = words[HIGH] >> 31;
    words[HIGH] ^= negative | 0x80000000;
    words[LOW] ^= negative;
  }

  const order = new Int32Array(n);
  const keys = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    encode(i);
    order[i] = i;
    keys[i] = words[HIGH];
  }
  const sort = radixSort(keys, order);
  sort(0, n);

  let tied = 0;
  for (let from = 0, to = 0; from < n; from = to) {
    const high = keys[from];
    for (to = from + 1; to < n && keys[to] === high; ) to++;
    if (to === from + 1) continue;
    for (let i = from; i < to; i++) {
      encode(order[i]);
      keys[i] = words[LOW];
    }
    sort(from, to);
    for (let i = from + 1, run = 1; i < to; i++) {
      run = keys[i] === keys[i - 1] ? run + 1 : 1;
      if (run > 1) tied += run === 2 ? 2 : 1;
    }
  }
  return { order: direction === "sublevel" ? order : order.reverse(), tied };
}

/** Sorts the entries from … to−1 of two parallel arrays by the first one, stably. */
function radixSort(keys: Uint32Array, order: Int32Array): (from: number, to: number) => void {
  const otherKeys: Uint32Array = new Uint32Array(keys.length);
  const otherOrder: Int32Array = new Int32Array(keys.length);
  const histograms = new Int32Array(DIGITS * BUCKETS);

  function insertionSort(from: number, to: number) {
    for (let i = from + 1; i < to; i++) {
      const key = keys[i];
      const vertex = order[i];
      let j = i;
      for (; j > from && keys[j - 1] > key; j--) {
        keys[j] = keys[j - 1];
        order[j] = order[j - 1];
      }
      keys[j] = key;
      order[j] = vertex;
    }
  }

  return function sort(from: number, to: number) {
    if (to - from <= SHORT) return insertionSort(from, to);
    histograms.fill(0);
    for (let i = from; i < to; i++) {
      const key = keys[i];
      histograms[key & (BUCKETS - 1)]++;
      histograms[BUCKETS + ((key >>> DIGIT_BITS) & (BUCKETS - 1))]++;
      histograms[2 * BUCKETS + (key >>> (2 * DIGIT_BITS))]++;
    }
    let [source, target] = [keys, otherKeys];
    let [sourceOrder, targetOrder] = [order, otherOrder];
    for (let digit = 0; digit < DIGITS; digit++) {
      const next = histograms.subarray(digit * BUCKETS, (digit + 1) * BUCKETS);
      const shift = digit * DIGIT_BITS;
      if (next[(keys[from] >>> shift) & (BUCKETS - 1)] === to - from) continue; // all entries share this digit
      let start = from;
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const size = next[bucket];
        next[bucket] = start;
        start += size;
      }
      for (let i = from; i < to; i++) {
        const key = source[i];
        const place = next[(key >>> shift) & (BUCKETS - 1)]++;
        target[place] = key;
        targetOrder[place] = sourceOrder[i];
      }
      [source, target] = [target, source];
      [sourceOrder, targetOrder] = [targetOrder, sourceOrder];
    }
    if (source === keys) return;
    keys.set(source.subarray(from, to), from);
    order.set(sourceOrder.subarray(from, to), from);
  };
}
