import assert from "node:assert/strict";
import { test } from "node:test";
import { type PairChoice, pathPairs } from "../../../src/landscape/paths/pathPairs.js";

// 0 — 1 — 2 ———— 3 on a line
const minima = [0, 1, 2.5, 9].map((x, i) => ({ weights: Float64Array.of(x), loss: [3, 1, 1, 2][i] }));

test("every two minima, the lowest and each other, each and its nearest", () => {
  const of = (choice: PairChoice) => pathPairs(choice, minima);
  assert.deepEqual(of("all").map(String), ["0,1", "0,2", "0,3", "1,2", "1,3", "2,3"]);
  // Minima 1 and 2 are equally low: the first.
  assert.deepEqual(of("star").map(String), ["0,1", "1,2", "1,3"]);
  assert.deepEqual(of({ knn: 1 }).map(String), ["0,1", "1,2", "2,3"]);
  assert.deepEqual(of({ knn: 2 }).map(String), ["0,1", "0,2", "1,2", "1,3", "2,3"]);
  assert.deepEqual(of({ knn: 9 }), of("all"));
  assert.deepEqual(of([[3, 0]]).map(String), ["3,0"]);
});

test("pairs that cannot be connected are refused", () => {
  const refused: [PairChoice, RegExp][] = [
    [[[0, 4]], /the pair \[0, 4\]: there are 4 minima, 0 to 3/],
    [[[2, 2]], /is one minimum; expected two/],
    [
      [
        [0, 1],
        [1, 0],
      ],
      /\[1, 0\] is given twice/,
    ],
  ];
  for (const [choice, message] of refused) assert.throws(() => pathPairs(choice, minima), message);
});
