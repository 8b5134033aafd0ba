import { advance, type Code, INTEGER, integer, type Kernel, local, pair, repeatWhile, VECTOR } from "./webAssembly.js";

/** Rows and columns of a tile of the product, which stays in registers. */
export const TILE = 4;
/** Inner indices of one pass through the loop: panels are as long as a multiple of it. */
export const UNROLL = 4;

const [a, endA, b, endB, c, panelBytes, fromA, fromB, stopA] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const [left, right, factor] = [9, 10, 11];
const sum = (row: number, half: number) => 12 + 2 * row + half;
const entries = 8 * TILE;

const eachSum = (write: (local: number, offset: number) => Code) =>
  Array.from({ length: TILE }, (_, row) => [0, 1].map((half) => write(sum(row, half), entries * row + 16 * half)));

const addTo = (index: number, half: number) => [
  [local.get(index), local.get(factor), local.get(half), pair.mul, pair.add, local.set(index)],
];
/** Tile += column k of A's panel × row k of B's panel. */
const rankOne = (k: number) => [
  [local.get(fromB), pair.load(entries * k), local.set(left)],
  [local.get(fromB), pair.load(entries * k + 16), local.set(right)],
  Array.from({ length: TILE }, (_, row) => [
    [local.get(fromA), pair.loadTwice(entries * k + 8 * row), local.set(factor)],
    [addTo(sum(row, 0), left), addTo(sum(row, 1), right)],
  ]),
];

/**
 *   multiply(a: i32, endA: i32, b: i32, endB: i32, c: i32, panelBytes: i32)
 *
 * C ← AB for packed f64 blocks at byte addresses: A in panels of 4 rows (for each inner index 4 entries), B in panels of 4 columns
 * (likewise), C in 4 × 4 tiles, row by row, tiles of one panel of A after each other. `panelBytes` is a panel's length in bytes. The sum over the inner index
 * runs in order.
 */
export const matrixProductKernel: Kernel = {
  name: "multiply",
  parameters: [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER],
  result: [],
  locals: [
    [3, INTEGER],
    [3 + 2 * TILE, VECTOR],
  ],
  code: repeatWhile(
    [local.get(b), local.set(fromB), local.get(a), local.get(panelBytes), integer.add, local.set(stopA)],
    repeatWhile(
      [local.get(a), local.set(fromA)],
      eachSum((index) => [pair.zero, local.set(index)]),
      repeatWhile(
        Array.from({ length: UNROLL }, (_, k) => rankOne(k)),
        [advance(fromA, entries * UNROLL), advance(fromB, entries * UNROLL)],
        [local.get(fromA), local.get(stopA), integer.less],
      ),
      eachSum((index, offset) => [local.get(c), local.get(index), pair.store(offset)]),
      advance(c, entries * TILE),
      [local.get(fromB), local.get(endB), integer.less],
    ),
    [local.get(stopA), local.tee(a), local.get(endA), integer.less],
  ),
};
