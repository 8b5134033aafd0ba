import assert from "node:assert/strict";
import { test } from "node:test";
import { cosines } from "../../src/landscape/orthogonalize.js";
import { prepareDirections } from "../../src/landscape/prepareDirections.js";
import { randomDirections } from "../../src/landscape/randomDirections.js";
import { maxAbs, norm } from "../../src/linalg/vectors.js";
import { type TensorLayout, tensorSize, tensorView } from "../../src/models/networks/layout.js";

function layoutOf(tensors: [string, TensorLayout["role"], number[]][]): TensorLayout[] {
  let offset = 0;
  return tensors.map(([name, role, shape]) => {
    const tensor = { name, role, shape, offset };
    offset += tensorSize(tensor);
    return tensor;
  });
}

test("prepared directions: roles to zero first, then orthogonal, then normalized, with the cosines that result", () => {
  const layout = layoutOf([
    ["0.weight", "weight", [20, 10]],
    ["0.bias", "bias", [20]],
    ["1.weight", "weight", [5, 20]],
    ["1.gain", "norm", [5]],
  ]);
  const [theta, ...raw] = randomDirections({ size: 325, count: 4, seed: 5, distribution: "normal" });
  for (const method of ["none", "model", "layer", "filter"] as const) {
    const prepared = prepareDirections(raw, theta, layout, { method, ignore: ["bias", "norm"], orthogonal: true });
    const largest = maxAbs(prepared.cosines.map((c, at) => (at % 4 === 0 ? 0 : c)));
    assert.ok(
      method === "none" || method === "model" ? largest < 1e-14 : largest > 1e-6 && largest < 0.2,
      `${method} ${largest}`,
    );
    assert.deepEqual(prepared.cosines, cosines(prepared.directions));
    for (const d of prepared.directions)
      assert.equal(maxAbs(tensorView(d, layout[1])) + maxAbs(tensorView(d, layout[3])), 0);
    assert.equal(prepared.tensors.length, 3);
  }
  const bias = prepareDirections(raw, theta, layout, { method: "layer", ignore: ["bias"], orthogonal: false }).tensors;
  assert.deepEqual([bias[0][1].before, bias[0][1].after], [norm(tensorView(raw[0], layout[1])), 0]);
  const loose = prepareDirections(raw, theta, layout, { method: "none", ignore: [], orthogonal: false });
  assert.deepEqual(loose.directions, raw);
});
