import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { directionScales } from "../../src/landscape/directionScales.js";
import { type NormalizationOptions, normalizeDirection } from "../../src/landscape/normalization.js";
import { cosines, orthogonalize } from "../../src/landscape/orthogonalize.js";
import { prepareDirections } from "../../src/landscape/prepareDirections.js";
import { randomDirections } from "../../src/landscape/randomDirections.js";
import { dot, maxAbs, norm, scale } from "../../src/linalg/vectors.js";
import { checkLayout, type TensorLayout, tensorSize, tensorView } from "../../src/models/networks/layout.js";
import { npz, referencePath, withoutReference } from "../reference.js";

function layoutOf(tensors: [string, TensorLayout["role"], number[]][]): TensorLayout[] {
  let offset = 0;
  return tensors.map(([name, role, shape]) => {
    const tensor = { name, role, shape, offset };
    offset += tensorSize(tensor);
    return tensor;
  });
}

const small = layoutOf([
  ["dense", "weight", [2, 2]],
  ["bias", "bias", [2]],
]);
const weights = Float64Array.of(3, 4, 0, 2, 6, 8);
const direction = Float64Array.of(0, 1, 3, 4, 3, 4);

function normalized(method: NormalizationOptions["method"], ignore: NormalizationOptions["ignore"] = []): number[] {
  const result = normalizeDirection(direction, weights, small, { method, ignore }).direction;
  return Array.from(result, (x) => Number(x.toFixed(8)) + 0);
}

test("a filter is a row: each gets the norm of its weights", () => {
  // weights   direction   norms      result
  //  3 4        0 1       5 / 1       0   5
  //  0 2        3 4       2 / 5      1.2 1.6
  //  6 8        3 4      10 / 5       6   8      the bias is one filter
  assert.deepEqual(normalized("filter"), [0, 5, 1.2, 1.6, 6, 8]);
  assert.deepEqual(normalized("filter", ["bias"]), [0, 5, 1.2, 1.6, 0, 0]);
  assert.deepEqual(normalized("none", ["bias", "norm"]), [0, 1, 3, 4, 0, 0]);
});

test("layer and model normalization match the norms of tensors and of the whole", () => {
  const layer = Float64Array.from(normalized("layer"));
  assert.ok(Math.abs(norm(layer.subarray(0, 4)) - Math.sqrt(29)) < 1e-7);
  assert.ok(Math.abs(norm(layer.subarray(4)) - 10) < 1e-7);
  const model = Float64Array.from(normalized("model"));
  assert.ok(Math.abs(norm(model) - norm(weights)) < 1e-7);
  assert.ok(Math.abs(norm(Float64Array.from(normalized("model", ["bias"]))) - Math.sqrt(29)) < 1e-7);
});

test("a filter that is zero in weights or direction becomes, or stays, zero", () => {
  const layout = layoutOf([["dense", "weight", [2, 2]]]);
  const result = normalizeDirection(Float64Array.of(1, 2, 0, 0), Float64Array.of(0, 0, 5, 5), layout, {
    method: "filter",
    ignore: [],
  });
  assert.deepEqual([...result.direction], [0, 0, 0, 0]);
});

test("norms before and after are recorded, and the input is left alone", () => {
  const { tensors } = normalizeDirection(direction, weights, small, { method: "layer", ignore: ["bias"] });
  assert.deepEqual(
    tensors.map(({ name, weights, before, after }) => [name, weights, before, Number(after.toFixed(8))]),
    [
      ["dense", Math.sqrt(29), Math.sqrt(26), Number(Math.sqrt(29).toFixed(8))],
      ["bias", 10, 5, 0],
    ],
  );
  assert.deepEqual([...direction], [0, 1, 3, 4, 3, 4]);
});

test("layouts that do not fit and weights that are not finite are refused by name", () => {
  const options = { method: "filter", ignore: [] } as const;
  assert.throws(
    () => normalizeDirection(direction, new Float64Array(7), small, options),
    /layout has 6 entries, but the vector has 7/,
  );
  assert.throws(
    () => normalizeDirection(new Float64Array(5), weights, small, options),
    /layout has 6 entries, but the vector has 5/,
  );
  assert.throws(() => checkLayout([{ ...small[0], offset: 1 }], 5), /"dense" starts at 1; expected 0/);
  const broken = Float64Array.of(3, 4, Number.NaN, 2, 6, 8);
  assert.throws(
    () => normalizeDirection(direction, broken, small, options),
    /cannot normalize dense: the norm of the weights is NaN/,
  );
});

test("direction k does not change when more are drawn, and no two share numbers", () => {
  for (const distribution of ["normal", "uniform"] as const) {
    const five = randomDirections({ size: 1000, count: 5, seed: 3, distribution });
    const two = randomDirections({ size: 1000, count: 2, seed: 3, distribution });
    assert.deepEqual(five.slice(0, 2), two);
    assert.ok(cosines(five).every((c, at) => (at % 6 === 0 ? c === 1 : Math.abs(c) < 0.15)));
    const mean = five[0].reduce((a, b) => a + b) / 1000;
    assert.ok(Math.abs(mean) < 0.1, `${distribution} mean ${mean}`);
    const square = dot(five[0], five[0]) / 1000;
    assert.ok(Math.abs(square - (distribution === "normal" ? 1 : 1 / 3)) < 0.15, `${distribution} variance ${square}`);
  }
});

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

test("relative scales make a coefficient of 1 a step of the length of θ", () => {
  const theta = Float64Array.of(3, 4);
  const directions = [Float64Array.of(0, 2), Float64Array.of(10, 0)];
  assert.deepEqual([...directionScales("direction", directions, theta)], [1, 1]);
  assert.deepEqual([...directionScales("relative", directions, theta)], [2.5, 0.5]);
  assert.throws(() => directionScales("relative", [new Float64Array(2)], theta), /direction 1 has norm 0/);
  assert.throws(() => directionScales("relative", directions, new Float64Array(2)), /the weights 0/);
});

/** One set of weights and raw directions, as several libraries normalise it; theirs are in single precision. */
function published() {
  const arrays = npz(referencePath("directions", "directions.npz"));
  const roles = {
    "0.weight": "weight",
    "0.bias": "bias",
    "1.weight": "norm",
    "1.bias": "norm",
    "4.weight": "weight",
    "4.bias": "bias",
  } as const;
  const names = Object.keys(roles) as (keyof typeof roles)[];
  const layout = layoutOf(names.map((name) => [name, roles[name], arrays[`w/${name}`].shape]));
  const flat = (variant: string) =>
    Float64Array.from(names.flatMap((name) => [...arrays[`${variant}/${name}`].values]));
  const ours = (method: NormalizationOptions["method"], ignore: NormalizationOptions["ignore"]) =>
    normalizeDirection(flat("raw"), flat("w"), layout, { method, ignore }).direction;
  const differences = (variant: string, direction: Float64Array) => {
    const theirs = flat(variant);
    return layout.map((tensor) => {
      const other = tensorView(theirs, tensor);
      return maxAbs(tensorView(direction, tensor).map((x, i) => x - other[i]));
    });
  };
  return { arrays, layout, flat, ours, differences };
}
const rounding = 1e-6;
const withoutPublished = { skip: withoutReference("directions") };

test("filter and layer normalization equal the published libraries where those are right", withoutPublished, () => {
  const { ours, differences } = published();
  for (const [variant, method, ignore] of [
    ["goldstein_filter_biasbn", "filter", ["bias", "norm"]],
    ["goldstein_layer_biasbn", "layer", ["bias", "norm"]],
    ["losslandscapes_layer", "layer", []],
    ["landscaper_layer", "layer", []],
  ] as const) {
    assert.ok(Math.max(...differences(variant, ours(method, ignore))) < rounding, variant);
  }
});

test(
  "biases and norms under filter normalization: the libraries lose the drawn direction, ours keeps it",
  withoutPublished,
  () => {
    const { layout, flat, ours, differences } = published();
    const [theta, raw, direction] = [flat("w"), flat("raw"), ours("filter", [])];
    const oneDimensional = layout.filter(({ shape }) => shape.length === 1);
    // loss-landscapes: an entry is a filter, |dᵢ| = |wᵢ|. Li et al.'s own code: a copy of the weights. Kernels and
    // matrices agree.
    for (const variant of ["losslandscapes_filter", "goldstein_filter_keep"]) {
      const different = differences(variant, direction);
      assert.ok(
        layout.every(({ shape }, k) => shape.length === 1 || different[k] < rounding),
        variant,
      );
      const theirs = flat(variant);
      for (const tensor of oneDimensional) {
        const [d, w] = [tensorView(theirs, tensor), tensorView(theta, tensor)];
        assert.ok(maxAbs(d.map((x, i) => Math.abs(x) - Math.abs(w[i]))) < rounding, `${variant} ${tensor.name}`);
      }
    }
    for (const tensor of oneDimensional) {
      const [d, w, drawn] = [direction, theta, raw].map((vector) => tensorView(vector, tensor));
      assert.ok(Math.abs(norm(d) - norm(w)) < 1e-8);
      assert.ok(norm(w) === 0 || Math.abs(cosines([d, drawn])[1] - 1) < 1e-12, tensor.name);
    }
  },
);

test(
  "model normalization: one factor for the whole vector, where loss-landscapes takes one a tensor",
  withoutPublished,
  () => {
    const { layout, flat, ours } = published();
    const [theta, raw, theirs, direction] = [flat("w"), flat("raw"), flat("losslandscapes_model"), ours("model", [])];
    const factors = (vector: Float64Array) =>
      layout.map((tensor) => norm(tensorView(vector, tensor)) / norm(tensorView(raw, tensor)));
    assert.ok(Math.abs(norm(theirs) / norm(theta) - 1.2396) < 1e-3);
    assert.ok(Math.max(...factors(theirs)) > 5 * Math.min(...factors(theirs)));
    assert.ok(Math.abs(norm(direction) / norm(theta) - 1) < 1e-9);
    assert.ok(factors(direction).every((factor) => Math.abs(factor / factors(direction)[0] - 1) < 1e-12));
  },
);

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

test("filter normalization of a PINN equals the reference to rounding", { skip: withoutReference("hessian") }, () => {
  const arrays = npz(referencePath("hessian", "pinn_convection_beta10.npz"));
  const names = Object.keys(arrays).filter((name) => name.startsWith("layer_"));
  const layout = layoutOf(names.map((name) => [name, name.endsWith("bias") ? "bias" : "weight", arrays[name].shape]));
  for (const k of [0, 1]) {
    const { direction } = normalizeDirection(arrays[`dir${k}_raw_flat`].values, arrays.flat_params_f64.values, layout, {
      method: "filter",
      ignore: ["bias"],
    });
    const expected = arrays[`dir${k}_filternorm_flat`].values;
    assert.ok(maxAbs(direction.map((x, i) => x - expected[i])) < 1e-14);
  }
});
