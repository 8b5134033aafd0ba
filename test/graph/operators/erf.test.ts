import { test } from "node:test";
import * as f from "../../../src/graph/functions.js";
import { input } from "../../../src/graph/tensor.js";
import { assertClose } from "../checkDerivatives.js";
import { run } from "../run.js";

/** x and erf x as CPython's math.erf gives it, in every branch of the approximation. */
const known: readonly (readonly [number, number])[] = [
  [0, 0],
  [1e-10, 1.1283791670955126e-10],
  [0.3, 0.3286267594591274],
  [0.84, 0.7651427114549946],
  [0.9, 0.7969082124228322],
  [1.2, 0.9103139782296353],
  [1.3, 0.9340079449406524],
  [2, 0.9953222650189527],
  [2.8, 0.9999249868053346],
  [2.9, 0.9999589021219005],
  [4, 0.9999999845827421],
  [5.9, 0.9999999999999999],
  [Infinity, 1],
];

test("erf is right to the last bits on both sides of zero, evaluated and composed", async () => {
  const points = known.flatMap(([x, y]) => [
    [x, y],
    [-x, -y],
  ]);
  const x = input("x", [points.length]);
  for (const backend of ["reference", "onnxruntime"]) {
    const feeds = { x: Float64Array.from(points, ([at]) => at) };
    const { y } = await run({ inputs: { x }, outputs: { y: f.erf(x) } }, feeds, { backend });
    const ratios = Array.from(y, (value, i) => (points[i][1] === 0 ? value : value / points[i][1] - 1));
    assertClose(ratios, new Float64Array(points.length), 1e-15, "relative error");
  }
});
