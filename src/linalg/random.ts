/**
 * Seeded random numbers with independent streams.
 *
 * `randomStream(0, "weights", 3)` and `randomStream(0, "weights", 4)` share no numbers. So the numbers that one
 * consumer draws never depend on how many another one drew, nor on the order in which parts of a stage run.
 */
export interface Random {
  /** Uniform on [0, 2³²). */
  uint32(): number;
  /** Uniform on [0, 1), 53 random bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform on 0 … n−1. */
  integer(n: number): number;
  /** k distinct numbers from 0 … n−1, in random order. Throws RangeError when k > n. */
  sample(n: number, k: number): Int32Array;
}

/** The stream named `path` under `seed` (sfc32, after Chris Doty-Humphrey's PractRand, seeded by a 128-bit hash). */
export function randomStream(seed: number, ...path: (string | number)[]): Random {
  let [a, b, c, d] = hash128(JSON.stringify([seed, ...path]));
  let spare: number | undefined;

  function uint32(): number {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  }
  for (let i = 0; i < 15; i++) uint32();

  function uniform(): number {
    return ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992;
  }

  function normal(): number {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  function integer(n: number): number {
    return Math.floor(uniform() * n);
  }

  function sample(n: number, k: number): Int32Array {
    if (k > n) throw new RangeError(`cannot draw ${k} distinct numbers from ${n}`);
    const all = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < k; i++) {
      const j = i + integer(n - i);
      [all[i], all[j]] = [all[j], all[i]];
    }
    return all.slice(0, k);
  }

  return { uint32, uniform, normal, integer, sample };
}

/** 128 bits of a string (the cyrb128 mix): a seed, not a cryptographic hash. */
function hash128(text: string): [number, number, number, number] {
  let h1 = 1779033703;
  let h2 = 3144134277;
  let h3 = 1013904242;
  let h4 = 2773480762;
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    h1 = h2 ^ Math.imul(h1 ^ k, 597399067);
    h2 = h3 ^ Math.imul(h2 ^ k, 2869860233);
    h3 = h4 ^ Math.imul(h3 ^ k, 951274213);
    h4 = h1 ^ Math.imul(h4 ^ k, 2716044179);
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597399067);
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2869860233);
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951274213);
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2716044179);
  return [h1 ^ h2 ^ h3 ^ h4, h2 ^ h1, h3 ^ h1, h4 ^ h1];
}
