import type { Dtype } from "../graph/program.js";
import {
  advance,
  type Code,
  DOUBLE,
  double,
  INTEGER,
  integer,
  type Kernel,
  local,
  pair,
  repeatWhile,
  sumOfPair,
  VECTOR,
} from "../linalg/webAssembly.js";

/** Moves the pairs in registers, by the factors, each twice in a register of its own. The gradient's may be used for other things. */
export type PairStep = (registers: {
  theta: number;
  gradient: number;
  memory: readonly number[];
  factors: readonly number[];
}) => Code;

export const plus = (a: Code, b: Code): Code => [a, b, pair.add];
export const minus = (a: Code, b: Code): Code => [a, b, pair.subtract];
export const times = (a: Code, b: Code): Code => [a, b, pair.mul];
export const over = (a: Code, b: Code): Code => [a, b, pair.divide];
export const root = (a: Code): Code => [a, pair.squareRoot];

/** Pairs of one pass through the loop, with a sum each. */
const UNROLL = 4;

/**
 *   update(theta: i32, memory: i32 …, gradient: i32, weights: i32, end: i32, factors: f64 …): f64
 *
 * Moves vectors at byte addresses pair by pair: θ, which ends at the address `end`, and what is remembered, in f64, by a gradient in
 * `dtype`; in f32, θ is rounded to `weights`. Lengths are a positive multiple of 8 entries. The result is 0 where the gradient was finite, else NaN.
 */
export function updateKernel(step: PairStep, remembers: number, factorCount: number, dtype: Dtype): Kernel {
  const indices = (first: number, count: number) => Array.from({ length: count }, (_, k) => first + k);
  const vectors = indices(0, 1 + remembers);
  const [gradientAt, weightsAt, end] = indices(vectors.length, 3);
  const numbers = indices(end + 1, factorCount);
  const factors = indices(end + 1 + factorCount, factorCount);
  const [theta, ...memory] = indices(end + 1 + 2 * factorCount, 1 + remembers);
  const gradient = theta + 1 + remembers;
  const sums = indices(gradient + 1, UNROLL);
  const isRounded = dtype === "f32";

  const movePair = (sum: number, k: number): Code => [
    [local.get(gradientAt), isRounded ? pair.loadSingles(8 * k) : pair.load(16 * k), local.set(gradient)],
    [plus(local.get(sum), times(local.get(gradient), pair.zero)), local.set(sum)],
    [theta, ...memory].map((value, i) => [local.get(vectors[i]), pair.load(16 * k), local.set(value)]),
    step({ theta, gradient, memory, factors }),
    [theta, ...memory].map((value, i) => [local.get(vectors[i]), local.get(value), pair.store(16 * k)]),
    isRounded ? [local.get(weightsAt), local.get(theta), pair.storeSingles(8 * k)] : [],
  ];
  return {
    name: "update",
    parameters: [...indices(0, end + 1).map(() => INTEGER), ...numbers.map(() => DOUBLE)],
    result: [DOUBLE],
    locals: [[factorCount + 1 + remembers + 1 + UNROLL, VECTOR]],
    code: [
      factors.map((factor, i) => [local.get(numbers[i]), pair.twice, local.set(factor)]),
      repeatWhile(
        sums.map(movePair),
        vectors.map((pointer) => advance(pointer, 16 * UNROLL)),
        [gradientAt, weightsAt].map((pointer) => advance(pointer, (isRounded ? 8 : 16) * UNROLL)),
        [local.get(vectors[0]), local.get(end), integer.less],
      ),
      [sumOfPair(sums[0]), sumOfPair(sums[1]), double.add],
      [sumOfPair(sums[2]), sumOfPair(sums[3]), double.add, double.add],
    ],
  };
}
