import {
  advance,
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
} from "./webAssembly.js";

const [alpha, x, y, z, end, factor, moved] = [0, 1, 2, 3, 4, 5, 6];
const sums = [7, 8, 9, 10];

const updatePair = (sum: number, k: number) => [
  [local.get(y), local.get(y), pair.load(16 * k), local.get(factor), local.get(x), pair.load(16 * k)],
  [pair.mul, pair.add, local.tee(moved), pair.store(16 * k)],
  [local.get(sum), local.get(moved), local.get(z), pair.load(16 * k), pair.mul, pair.add, local.set(sum)],
];

/**
 *   axpyDot(alpha: f64, x: i32, y: i32, z: i32, end: i32): f64
 *
 * y ← y + αx, then Σ yᵢzᵢ, for f64 vectors at the byte addresses x, y, z; y ends at the address `end`. Lengths are a positive multiple
 * of 8 entries. Four pairs of partial sums.
 */
export const axpyDotKernel: Kernel = {
  name: "axpyDot",
  parameters: [DOUBLE, INTEGER, INTEGER, INTEGER, INTEGER],
  result: [DOUBLE],
  locals: [[2 + sums.length, VECTOR]],
  code: [
    [local.get(alpha), pair.twice, local.set(factor)],
    repeatWhile(
      sums.map(updatePair),
      [x, z, y].map((pointer) => advance(pointer, 64)),
      [local.get(y), local.get(end), integer.less],
    ),
    [sumOfPair(sums[0]), sumOfPair(sums[1]), double.add],
    [sumOfPair(sums[2]), sumOfPair(sums[3]), double.add, double.add],
  ],
};
