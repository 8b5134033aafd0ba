import assert from "node:assert/strict";
import { test } from "node:test";
import { branchesApart } from "../../src/build/branchesApart.js";
import { schemaOf } from "../../src/pipeline/schemas.js";
import { validate } from "../../src/pipeline/validateParameters.js";
import { kinds } from "../../stages/index.js";

/** What a validator makes of a value: its faults, and the value with the defaults filled in. */
function outcome(schema: Record<string, unknown>, value: unknown) {
  const filled = structuredClone(value);
  return { faults: validate(schema, filled, "stage"), filled };
}

/** The same value with a fault at each of its places in turn: a wrong type, and a name that nothing has. */
function* broken(value: unknown): Generator<unknown> {
  yield Array.isArray(value) ? "text" : [value];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  yield { ...value, nothingHasThisName: 1 };
  for (const [name, inner] of Object.entries(value)) {
    const { [name]: _, ...rest } = value as Record<string, unknown>;
    yield rest;
    for (const other of broken(inner)) yield { ...value, [name]: other };
  }
}

test("a schema with its branches apart finds the same faults and fills in the same defaults", () => {
  for (const kind of kinds) {
    const schema = schemaOf(kind);
    const apart = branchesApart(schema);
    for (const example of schema.examples as unknown[]) {
      for (const value of [example, ...broken(example)]) {
        assert.deepEqual(outcome(apart, value), outcome(schema, value), `${kind} ${JSON.stringify(value)}`);
      }
    }
  }
});

test("each branch that a tag chooses is a definition, and stands by its tag where the choice was", () => {
  const circle = { properties: { kind: { const: "circle" }, radius: { type: "number" } } };
  const square = { properties: { kind: { const: "square" }, side: { type: "number" } } };
  const choice = { discriminator: { propertyName: "kind" }, oneOf: [circle, square] };
  assert.deepEqual(branchesApart({ properties: { shape: choice } }), {
    properties: {
      shape: {
        ...choice,
        oneOf: [
          { $ref: "#/definitions/branch0", title: "circle" },
          { $ref: "#/definitions/branch1", title: "square" },
        ],
      },
    },
    definitions: { branch0: circle, branch1: square },
  });
});
