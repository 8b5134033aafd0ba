import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { schemaOf } from "../../src/pipeline/schemas.js";
import { validate } from "../../src/pipeline/validateParameters.js";
import { loadStages } from "../../stages/index.js";

interface Schema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  additionalProperties?: unknown;
  items?: Schema;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  oneOf?: Schema[];
  discriminator?: { propertyName: string };
}
type Params = Record<string, unknown>;

const stages = await loadStages();
const fixture = new URL("../../../test/fixtures/unusedParameters.txt", import.meta.url);

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
      // Where branches list the names, these refuse the others.
      if (!oneOf) assert.notEqual(additionalProperties ?? true, true, path);
    }
  }
});

/** A valid value of a parameter that is not its default; undefined where the schema gives none. */
function otherValue(schema: Schema, used: readonly unknown[] = []): unknown {
  const { default: given, minimum = 0, exclusiveMinimum, maximum = Number.POSITIVE_INFINITY } = schema;
  const types = [schema.type ?? []].flat();
  const ofType: Record<string, () => unknown[]> = {
    boolean: () => [true, false],
    integer: () => [Math.min(maximum, Math.max(minimum, 1) + 1), minimum],
    number: () => [Math.min(maximum, (exclusiveMinimum ?? minimum) + 0.5)],
    array: () => (schema.items ? [[otherValue(schema.items)], [0, 1], []] : [[0, 1]]),
    object: () => [
      {},
      Object.fromEntries((schema.required ?? []).map((name) => [name, otherValue(schema.properties![name])])),
    ],
    string: () => (schema.enum ? [] : ["x"]),
  };
  const candidates = [
    ...(schema.const === undefined ? [] : [schema.const]),
    ...(schema.enum ?? []),
    ...(schema.examples ?? []),
    ...used,
    ...types.flatMap((type) => ofType[type]?.() ?? []),
  ];
  const alone = { type: "object", properties: { value: schema } };
  const isValid = (value: unknown) => validate(alone as Params, { value: structuredClone(value) }, "").length === 0;
  return candidates.find(
    (value) => value !== undefined && JSON.stringify(value) !== JSON.stringify(given) && isValid(value),
  );
}

const pinn = { kind: "pinn", equation: "u_t + u_x", initial: "sin(x)" };
const mlp = (outputs: number) => ({ kind: "mlp", widths: [2, 4, outputs] });
/** The variants of a training: what is learnt, and by which optimizer. */
const trainings: Params[] = ["lbfgs", "adam", "sgd"].flatMap((kind) => [
  { architecture: mlp(1), problem: pinn, optimizer: { kind } },
  { architecture: mlp(2), problem: { kind: "supervised" }, optimizer: { kind } },
  {
    architecture: { kind: "parameters", names: ["x", "y"], start: [0, 0] },
    problem: { kind: "function", loss: "x^2 + y^2" },
    optimizer: { kind },
  },
]);

interface Variant {
  name: string;
  base: Params;
}

/** The paths of what is wrong with parameters, as `check` tells them. */
function faultsOf({ name, check }: (typeof stages)[number], params: Params): string[] {
  const given = structuredClone(params);
  const faults = validate(name, given, name);
  return (faults.length > 0 ? faults : (check?.(given) ?? [])).map(({ path }) => path.join("."));
}

/** The values of each choice of a stage, with parameters that are fine for it. */
function variantsOf(stage: (typeof stages)[number], schema: Schema): Variant[] {
  if (stage.name === "train") {
    return trainings.map((base) => {
      const kinds = ["problem", "optimizer"].map((name) => (base[name] as { kind: string }).kind);
      return { name: kinds.join(" by "), base };
    });
  }
  const examples = (schema.examples ?? []) as Params[];
  const tag = schema.discriminator?.propertyName;
  const choices: [string, unknown[]][] = tag
    ? [[tag, (schema.oneOf ?? []).map(({ properties }) => properties?.[tag].const)]]
    : Object.entries(schema.properties ?? {}).flatMap(([name, { enum: values }]) =>
        values?.every((value) => typeof value === "string") ? [[name, values] as [string, unknown[]]] : [],
      );
  return (choices.length > 0 ? choices : [["", [""]] as [string, unknown[]]]).flatMap(([choice, values]) =>
    values.map((value) => {
      const own = choice === "" ? {} : { [choice]: value };
      const branch = tag ? (schema.oneOf ?? []).find(({ properties }) => properties?.[tag].const === value) : schema;
      const needed = Object.fromEntries(
        (branch?.required ?? []).map((name) => [name, otherValue(branch?.properties?.[name] ?? {})]),
      );
      const candidates = [
        own,
        { ...needed, ...own },
        ...examples.filter((example) => choice === "" || example[choice] === value),
        ...examples.map((example) => ({ ...example, ...own })),
        // Plots of tables name columns.
        { ...own, x: "a", y: "b" },
        { ...own, x: "a", y: "b", column: "c" },
        // A file whose format is given.
        { ...own, path: "file.dat" },
      ];
      const base = candidates.find((params) => faultsOf(stage, params).length === 0);
      assert.ok(base, `${stage.name}: no parameters are fine for ${choice}: ${value}`);
      return { name: choice === "" ? "always" : `${choice}: ${value}`, base };
    }),
  );
}

/** For each variant of a stage the parameters that it refuses and those that it takes. */
function tableOf(stage: (typeof stages)[number]): string[] {
  const schema: Schema = schemaOf(stage.name);
  const parameters = new Map<string, Schema[]>();
  for (const { properties } of schema.oneOf ?? [schema]) {
    for (const [name, own] of Object.entries(properties ?? {})) {
      parameters.set(name, [...(parameters.get(name) ?? []), own]);
    }
  }
  const examples = (schema.examples ?? []) as Params[];
  const rows = variantsOf(stage, schema).map(({ name: variant, base }) => {
    const refused: string[] = [];
    for (const [name, schemas] of parameters) {
      if (variant.startsWith(`${name}:`)) continue;
      const used = examples.flatMap((example) => (example[name] === undefined ? [] : [example[name]]));
      const value = schemas.map((each) => otherValue(each, used)).find((found) => found !== undefined);
      assert.notEqual(value, undefined, `${stage.name}.${name}: give the schema an example`);
      const faults = faultsOf(stage, { ...base, [name]: value });
      const isOwn = faults.some((path) => path === "" || path === name || path.startsWith(`${name}.`));
      if (isOwn) refused.push(name);
    }
    return { variant, refused };
  });
  const always = [...parameters.keys()].filter((name) => rows.every(({ refused }) => !refused.includes(name)));
  return [
    `${stage.name} takes ${always.join(" ") || "nothing"}`,
    ...rows
      .filter(({ refused }) => refused.length > 0)
      .map(({ variant, refused }) => `  ${variant} refuses ${refused.join(" ")}`),
  ];
}

test("each parameter of each stage: every variant has a use for it, or refuses it; the list says which", () => {
  const found = stages.flatMap(tableOf);
  if (process.env.CIRQUE_PRINT) console.log(found.join("\n"));
  const listed = readFileSync(fixture, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  assert.deepEqual(found, listed);
});

test("the schemas of the table are all that there are", () => {
  const shared = ["architecture", "augment", "editor", "optimizer", "pipeline", "point-list", "problem", "schedule"];
  const files = readdirSync(new URL("../../../schemas", import.meta.url)).map((name) => name.replace(".json", ""));
  assert.deepEqual(files.filter((name) => !shared.includes(name)).sort(), stages.map(({ name }) => name).sort());
});
