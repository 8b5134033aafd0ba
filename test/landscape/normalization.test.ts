import assert from "node:assert/strict";
import { test } from "node:test";
import { type NormalizationOptions, normalizeDirection } from "../../src/landscape/normalization.js";
import { cosines } from "../../src/landscape/orthogonalize.js";
import { maxAbs, norm } from "../../src/linalg/vectors.js";
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
