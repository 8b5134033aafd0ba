import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { cosines, orthogonalize } from "../../src/landscape/orthogonalize.js";
import { prepareDirections } from "../../src/landscape/prepareDirections.js";
import { randomDirections } from "../../src/landscape/randomDirections.js";
import { maxAbs, scale } from "../../src/linalg/vectors.js";
import { type TensorLayout, tensorSize } from "../../src/models/networks/layout.js";
import { referencePath, withoutReference } from "../reference.js";

function layoutOf(tensors: [string, TensorLayout["role"], number[]][]): TensorLayout[] {
  let offset = 0;
  return tensors.map(([name, role, shape]) => {
    const tensor = { name, role, shape, offset };
    offset += tensorSize(tensor);
    return tensor;
  });
}

test("Gram–Schmidt on (1,0,0), (1,1,0), (1,1,1) leaves the axes", () => {
  const result = orthogonalize([Float64Array.of(1, 0, 0), Float64Array.of(1, 1, 0), Float64Array.of(1, 1, 1)]);
  assert.deepEqual(
    result.map((d) => [...d]),
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  );
});

test("orthogonal directions have cosines at rounding, whatever their lengths and however close they were", () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.constantFrom(1e-6, 1, 1e6), fc.integer({ min: 2, max: 5 }), (seed, factor, count) => {
      const drawn = randomDirections({ size: 50, count, seed, distribution: "normal" });
      for (let k = 1; k < count; k++) {
        scale(factor, drawn[k]);
        for (let i = 0; i < 50; i++) drawn[k][i] += 1e3 * factor * drawn[0][i];
      }
      const result = cosines(orthogonalize(drawn));
      assert.ok(result.every((c, at) => at % (count + 1) === 0 || Math.abs(c) < 1e-14));
    }),
    { seed: 8 },
  );
});

test("directions that depend on others are refused", () => {
  const a = Float64Array.of(1, 2, 3);
  const b = Float64Array.of(0, 1, 0);
  const sum = Float64Array.of(2, 5, 6);
  assert.throws(() => orthogonalize([a, b, sum]), /direction 3 depends linearly on earlier ones/);
  assert.throws(() => orthogonalize([a, new Float64Array(3)]), /direction 2 is zero/);
  assert.throws(() => orthogonalize([Float64Array.of(0, Number.NaN, 1)]), /direction 1 is not finite: its norm is NaN/);
  // The same where nobody asked for orthogonal ones: they span no plane. A filter that is zero in the weights leaves
  // nothing.
  const layout = layoutOf([["dense", "weight", [1, 3]]]);
  const prepare = (raw: Float64Array[], theta: Float64Array, method: "none" | "filter") =>
    prepareDirections(raw, theta, layout, { method, ignore: [], orthogonal: false });
  assert.throws(() => prepare([a, a], b, "none"), /direction 2 depends linearly/);
  assert.throws(() => prepare([a], new Float64Array(3), "filter"), /direction 1 is zero/);
});
const withoutPublished = { skip: withoutReference("directions") };

test(
  "orthogonal random directions: Landscaper's are nearly parallel, ours have cosines at rounding",
  withoutPublished,
  () => {
    // Its Gram–Schmidt forgets to divide by ‖d‖².
    const facts = JSON.parse(readFileSync(referencePath("directions", "directions.json"), "utf8"));
    const [theirs] = facts["landscaper_generate_random_orthogonal_directions cosines"] as number[][];
    assert.ok(Math.abs(theirs[1]) > 0.99);
    const drawn = randomDirections({ size: 500, count: 3, seed: 0, distribution: "normal" });
    assert.ok(maxAbs(cosines(orthogonalize(drawn)).map((c, at) => (at % 4 === 0 ? 0 : c))) < 1e-14);
  },
);
