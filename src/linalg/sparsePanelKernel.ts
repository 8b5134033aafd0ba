import { advance, INTEGER, integer, type Kernel, local, pair, repeatWhile, VECTOR, whileHolds } from "./webAssembly.js";

/** Columns of a panel: a row of it is 8 pairs, which stay in registers. */
export const PANEL = 16;
const bytes = 8 * PANEL;
const eighth = Array.from({ length: PANEL / 2 }, (_, k) => k);

const [entry, value, rowEnd, lastRow, x, y, stop, from] = [0, 1, 2, 3, 4, 5, 6, 7];
const factor = 8;
const sum = (k: number) => 9 + k;

/**
 *   timesPanel(entry: i32, value: i32, rowEnd: i32, lastRow: i32, x: i32, y: i32)
 *
 * Y = MX for a sparse matrix in compressed rows and dense X, Y of 16 columns, row major f64, all by byte addresses. `entry`: for each stored entry the i32 byte
 * offset of its row of X; `value`: the entries' f64 values; `rowEnd` … `lastRow`: for each row of M the i32 address behind its last one in `entry`. Sums run in
 * the order in which entries are stored.
 */
export const sparsePanelKernel: Kernel = {
  name: "timesPanel",
  parameters: [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER],
  result: [],
  locals: [
    [2, INTEGER],
    [1 + PANEL / 2, VECTOR],
  ],
  code: repeatWhile(
    [local.get(rowEnd), integer.load(0), local.set(stop)],
    eighth.map((k) => [pair.zero, local.set(sum(k))]),
    whileHolds(
      [local.get(entry), local.get(stop), integer.less],
      [local.get(entry), integer.load(0), local.get(x), integer.add, local.set(from)],
      [local.get(value), pair.loadTwice(0), local.set(factor)],
      eighth.map((k) => [
        [
          local.get(sum(k)),
          local.get(factor),
          local.get(from),
          pair.load(16 * k),
          pair.mul,
          pair.add,
          local.set(sum(k)),
        ],
      ]),
      [advance(entry, 4), advance(value, 8)],
    ),
    eighth.map((k) => [local.get(y), local.get(sum(k)), pair.store(16 * k)]),
    [advance(y, bytes), advance(rowEnd, 4)],
    [local.get(rowEnd), local.get(lastRow), integer.less],
  ),
};
