import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { readSchema } from "../../src/build/editorSchema.js";
import { schemaOf } from "../../src/pipeline/schemas.js";
import { validate } from "../../src/pipeline/validateParameters.js";
import { loadStages } from "../../stages/index.js";

const stages = await loadStages();

const root = fileURLToPath(new URL("../../..", import.meta.url));
const kinds = stages.map(({ name }) => name);

type Schema = Record<string, unknown>;

/** Every schema within a schema, with where it is and whether it is that of a parameter. */
function* within(schema: Schema, path: string, parameter = false): Generator<[string, Schema, boolean]> {
  yield [path, schema, parameter];
  for (const [name, inner] of Object.entries((schema.properties ?? {}) as Record<string, Schema>)) {
    yield* within(inner, `${path}.${name}`, true);
  }
  for (const [i, inner] of [schema.oneOf ?? []].flat().entries()) yield* within(inner as Schema, `${path}/${i}`);
  for (const keyword of ["items", "additionalProperties", "then", "else"]) {
    const inner = schema[keyword];
    if (typeof inner === "object" && !Array.isArray(inner)) yield* within(inner as Schema, `${path}/${keyword}`);
  }
}

test("every parameter says what it is; what is given by default and as an example is valid there", () => {
  const ajv = new Ajv({ strict: false, discriminator: true });
  for (const kind of kinds) {
    const schema = schemaOf(kind);
    assert.ok(schema.description, kind);
    for (const [path, inner, isParameter] of within(schema, kind)) {
      if (isParameter && inner.const === undefined) assert.ok(inner.description, `${path} has no description`);
      const { default: given, examples, ...rest } = inner;
      const given_ = given === undefined ? [] : [given];
      for (const value of path === kind ? [] : [...given_, ...((examples as unknown[]) ?? [])]) {
        assert.ok(ajv.validate(rest, value), `${path}: ${JSON.stringify(value)} ${ajv.errorsText()}`);
      }
    }
  }
});

test("what matches a pattern has words for messages: a title, or the one word that it is", () => {
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) return;
    const { pattern, title } = value as Schema;
    if (typeof pattern === "string" && !/^\^\w+\$$/.test(pattern)) assert.equal(typeof title, "string", path);
    for (const [name, inner] of Object.entries(value)) visit(inner, `${path}/${name}`);
  };
  for (const name of readdirSync(join(root, "schemas"))) {
    if (name !== "editor.json") visit(readSchema(name.slice(0, -".json".length)), name);
  }
});

test("every stage has examples of all that is below with, which are fine to its schema and to its own check", () => {
  for (const { name, check } of stages) {
    const { examples } = readSchema(name);
    assert.ok(Array.isArray(examples) && examples.length > 0, `${name} has no examples`);
    for (const example of examples) {
      const params = structuredClone(example);
      assert.deepEqual(validate(name, params, name), [], name);
      assert.deepEqual(check?.(params) ?? [], [], `${name} ${JSON.stringify(example)}`);
    }
  }
});

const editor = new Ajv({ strict: false, allErrors: true });
editor.addSchema(readSchema("editor"), "editor.json");
const accepts = editor.compile(readSchema("pipeline"));
const pipelines = readdirSync(join(root, "pipelines"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => [name, readFileSync(join(root, "pipelines", name), "utf8")] as const);

test("an editor finds no fault in the pipelines, and every misspelt parameter", () => {
  assert.ok(pipelines.length > 5);
  for (const [name, text] of pipelines) {
    const pipeline = parse(text) as { stages?: Record<string, { uses?: string; with?: Schema }> };
    assert.ok(accepts(pipeline), `${name}: ${editor.errorsText(accepts.errors)}`);
    for (const [stage, entry] of Object.entries(pipeline.stages ?? {})) {
      if (entry.uses === undefined) continue; // a change of a stage of the file that it extends
      for (const parameter of Object.keys(entry.with ?? {})) {
        const broken = structuredClone(pipeline);
        const params = (broken.stages as NonNullable<typeof broken.stages>)[stage].with as Schema;
        params[`${parameter}x`] = params[parameter];
        delete params[parameter];
        assert.ok(!accepts(broken), `${name}: ${stage}.${parameter}x`);
        const at = `/stages/${stage}/with`;
        assert.ok(
          accepts.errors?.some(
            ({ instancePath, keyword }) => instancePath === at && /^(additionalProp|required)/.test(keyword),
          ),
          `${name} ${stage}.${parameter}x: ${editor.errorsText(accepts.errors)}`,
        );
      }
    }
  }
});

test("an entry that is twice in a list of different ones is told as the list has it, at the second place", () => {
  const faults = (stage: string, params: object) => validate(stage, structuredClone(params), "s");
  const classes = { name: "npz", path: "a.npz", classes: ["cat", "dog", "cat"] };
  assert.deepEqual(
    faults("load-data", classes).map(({ path, message }) => [path.join("."), message]),
    [["classes.2", 's.classes has "cat" twice; expected each entry once']],
  );
  assert.deepEqual(
    faults("barcode", { dimensions: [0, 1, 0] }).map(({ message }) => message),
    ["s.dimensions has 0 twice; expected each entry once"],
  );
});
