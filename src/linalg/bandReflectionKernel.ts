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
  whileHolds,
} from "./webAssembly.js";

const [corner, v, image, left, factor] = [0, 1, 2, 3, 4];
const [row, entry, stop, atV, atImage] = [5, 6, 7, 8, 9];
const [x, y] = [10, 11];
const sum = (k: number) => 12 + k;

/** Pairs of a strip of columns, whose sums stay in registers. */
const STRIP = 8;
const strip = Array.from({ length: STRIP }, (_, k) => k);

const clear = (index: number): Code => [pair.zero, local.set(index)];
/** The pair at the pointer ← it − the pair that `what` leaves. */
const takeAway = (pointer: number, offset: number, what: Code): Code => [
  [local.get(pointer), local.get(pointer), pair.load(offset), what, pair.subtract, pair.store(offset)],
];
const addTo = (index: number, what: Code): Code => [local.get(index), what, pair.add, local.set(index)];
const times = (a: Code, b: Code): Code => [a, b, pair.mul];

/**
 *   reflect(corner: i32, v: i32, image: i32, left: i32, factor: f64)
 *
 * H = I − factor·vvᵀ on `width` axes of a symmetric band matrix, whose rows are `stride` bytes long and hold the columns up to the diagonal and a zero
 * behind it. `corner` is the address of the first of the axes' entries on the diagonal. H is applied from the left to the columns from the address `left` (in
 * the corner's row; equal to the corner for none) to the corner, from both sides to the square on the diagonal, and from the right to as many rows below it.
 * `v` and `image` are addresses of `width` entries. The width is a multiple of 16.
 */
export function bandReflectionKernel(width: number, stride: number): Kernel {
  const down = stride - 8;
  const pairs = Array.from({ length: width / 2 }, (_, k) => 16 * k);
  const behind = (pointer: number, by: number): Code => [local.get(pointer), integer.constant(by), integer.add];
  /** The body for each of the `width` rows from an address on, with `row` on the row and `atV` on its entry of v. */
  const eachRow = (from: Code, ...body: Code[]): Code => [
    [from, local.set(row), local.get(v), local.set(atV)],
    repeatWhile(body, advance(row, down), advance(atV, 8), [local.get(atV), behind(v, 8 * width), integer.less]),
  ];
  /** The body for each pair of a row of the square, up to the diagonal. */
  const toDiagonal = (...body: Code[]): Code => [
    [local.get(row), local.set(entry), local.get(v), local.set(stop), local.get(image), local.set(atImage)],
    repeatWhile(body, advance(entry, 16), advance(stop, 16), advance(atImage, 16), [
      local.get(stop),
      local.get(atV),
      integer.lessOrEqual,
    ]),
  ];
  const load = (pointer: number, offset = 0): Code => [local.get(pointer), pair.load(offset)];
  const setTwice = (index: number, pointer: Code): Code => [pointer, pair.loadTwice(0), local.set(index)];
  /** Where the entry of `image` is that belongs to `atV`. */
  const imageEntry: Code = [local.get(atV), local.get(v), integer.subtract, local.get(image), integer.add];

  const fromLeft = whileHolds(
    [local.get(left), local.get(corner), integer.less],
    strip.map((k) => clear(sum(k))),
    eachRow(
      local.get(left),
      setTwice(x, local.get(atV)),
      strip.map((k) => addTo(sum(k), times(local.get(x), load(row, 16 * k)))),
    ),
    strip.map((k) => [times(local.get(sum(k)), [local.get(factor), pair.twice]), local.set(sum(k))]),
    eachRow(
      local.get(left),
      setTwice(x, local.get(atV)),
      strip.map((k) => takeAway(row, 16 * k, times(local.get(x), local.get(sum(k))))),
    ),
    advance(left, 16 * STRIP),
  );

  // image ← Bv from the lower triangle: the diagonal's product, which comes up twice, is taken away once.
  const multiply: Code = [
    pairs.map((offset) => [local.get(image), pair.zero, pair.store(offset)]),
    eachRow(
      local.get(corner),
      setTwice(x, local.get(atV)),
      clear(sum(0)),
      toDiagonal([load(entry), local.set(y)], addTo(sum(0), times(local.get(y), load(stop))), [
        local.get(atImage),
        load(atImage),
        times(local.get(y), local.get(x)),
        pair.add,
        pair.store(0),
      ]),
      [imageEntry, imageEntry, double.load(0), sumOfPair(sum(0)), double.add],
      [local.get(row), local.get(atV), integer.add, local.get(v), integer.subtract, double.load(0)],
      [local.get(atV), double.load(0), double.mul, double.subtract, double.store(0)],
    ),
  ];
  // image ← w = factor·Bv − ½factor²(vᵀBv)v, then B ← B − vwᵀ − wvᵀ.
  const fromBothSides: Code = [
    multiply,
    [clear(sum(0)), pairs.map((offset) => addTo(sum(0), times(load(v, offset), load(image, offset))))],
    [sumOfPair(sum(0)), local.get(factor), double.mul, local.get(factor), double.mul, double.half, double.mul],
    [pair.twice, local.set(x), local.get(factor), pair.twice, local.set(y)],
    pairs.map((offset) => [
      [local.get(image), times(load(image, offset), local.get(y)), times(load(v, offset), local.get(x))],
      [pair.subtract, pair.store(offset)],
    ]),
    eachRow(
      local.get(corner),
      setTwice(x, local.get(atV)),
      setTwice(y, imageEntry),
      toDiagonal(takeAway(entry, 0, [times(local.get(x), load(atImage)), times(local.get(y), load(stop)), pair.add])),
      [local.get(row), local.get(atV), integer.add, local.get(v), integer.subtract, double.zero, double.store(8)],
    ),
  ];

  const fromRight = eachRow(
    behind(corner, width * down),
    [clear(sum(0)), clear(sum(1))],
    pairs.map((offset, k) => addTo(sum(k % 2), times(load(row, offset), load(v, offset)))),
    [sumOfPair(sum(0)), sumOfPair(sum(1)), double.add, local.get(factor), double.mul],
    [pair.twice, local.set(x)],
    pairs.map((offset) => takeAway(row, offset, times(local.get(x), load(v, offset)))),
  );

  return {
    name: "reflect",
    parameters: [INTEGER, INTEGER, INTEGER, INTEGER, DOUBLE],
    result: [],
    locals: [
      [5, INTEGER],
      [2 + STRIP, VECTOR],
    ],
    code: [fromLeft, fromBothSides, fromRight],
  };
}
