import assert from "node:assert/strict";
import { test } from "node:test";
import { schemaOf } from "../../src/pipeline/schemas.js";
import { validate } from "../../src/pipeline/validateParameters.js";
import { loadStages } from "../../stages/index.js";

interface Schema {
  additionalProperties?: unknown;
  items?: Schema;
  properties?: Record<string, Schema>;
  oneOf?: Schema[];
}

const stages = await loadStages();

/** Every schema within a schema that lists properties. */
function* mappings(schema: Schema, path: string): Generator<[string, Schema]> {
  if (schema.properties) yield [path, schema];
  for (const [name, inner] of Object.entries(schema.properties ?? {})) yield* mappings(inner, `${path}.${name}`);
  for (const [i, inner] of (schema.oneOf ?? []).entries()) yield* mappings(inner, `${path}/${i}`);
  if (schema.items) yield* mappings(schema.items, `${path}[]`);
}

test("no mapping of any schema takes names that it does not list: those of other variants are refused", () => {
  for (const { name } of stages) {
    for (const [path, { additionalProperties, oneOf }] of mappings(schemaOf(name), name)) {
      // Branches that list the names refuse the others.
      if (!oneOf) assert.notEqual(additionalProperties ?? true, true, path);
    }
  }
});

/** Parameters that a variant has no use for, with values that are not their defaults. */
const useless: [kind: string, variant: Record<string, unknown>, parameters: Record<string, unknown>][] = [
  ...["between", "axes"].map((method): (typeof useless)[number] => [
    "compute-directions",
    { method },
    { seed: 3, dtype: "f32" },
  ]),
  ["compute-directions", { method: "gradient" }, { seed: 3 }],
  ["compute-directions", { method: "pca" }, { seed: 3, dtype: "f32" }],
  ["compute-directions", { method: "random" }, { dtype: "f32" }],
  ["compare", { distance: "bottleneck" }, { p: 3, norm: 1 }],
  ["compare", { distance: "merge-tree" }, { dimension: 1 }],
  ["connect-minima", { method: "chain" }, { spring: 0.2 }],
  ["embed", { method: "phate", mds: "classic" }, { solver: "smacof" }],
  ["embed", { method: "phate" }, { neighborhood: "published-script" }],
  ["hessian", { top: 0, bottom: 0 }, { tolerance: 1e-3, maxIterations: 5, allowUnconverged: true }],
  ["import-grid", { path: "a.vti" }, { order: "F", key: "a" }],
  ["merge-tree", { connectivity: { knn: 3 } }, { periodic: [1] }],
];

test("what a variant has no use for is refused at its place, and its default is not", () => {
  for (const [kind, variant, parameters] of useless) {
    const stage = stages.find(({ name }) => name === kind);
    const faultsOf = (more: object) => {
      const given = structuredClone({ ...variant, ...more });
      assert.deepEqual(validate(kind, given, kind), []);
      return (stage?.check?.(given) ?? []).map(({ path }) => path.join("."));
    };
    assert.deepEqual(faultsOf({}), [], `${kind} ${JSON.stringify(variant)}`);
    for (const [name, value] of Object.entries(parameters)) {
      assert.deepEqual(faultsOf({ [name]: value }), [name], `${kind} ${JSON.stringify(variant)}`);
    }
  }
});
