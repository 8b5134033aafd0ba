import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { type Artifact, artifact } from "../../src/artifact/artifact.js";
import { framed } from "../../src/figures/frame.js";
import { loadPipeline } from "../../src/pipeline/config.js";
import { ConfigError } from "../../src/pipeline/configFile.js";
import { plan } from "../../src/pipeline/plan.js";
import { schemaOf } from "../../src/pipeline/schemas.js";
import type { Step } from "../../src/pipeline/step.js";
import type { StageContext } from "../../src/stage.js";
import { drawnFigure } from "../../stages/figure.js";
import { loadStages } from "../../stages/index.js";
import type { GivenParams } from "../../stages/plots/plot.js";
import { type Change, changesOf, type Schema, withValue } from "./changedParameters.js";
import { runner } from "./runSteps.js";
import { writeSmallFiles } from "./smallFiles.js";

interface Entry {
  uses: string;
  matrix?: Record<string, unknown>;
  from?: Record<string, string | string[]>;
  with: Record<string, unknown>;
}

/** See test/fixtures/variants.yaml. */
interface Variant extends Entry {
  free?: Record<string, string>;
  other?: Record<string, unknown[]>;
}

const stages = await loadStages();
const folder = mkdtempSync(join(tmpdir(), "cirque-unused-"));
writeSmallFiles(folder);
const wholeOf = runner(folder);
const none = new Uint8Array(0);
/** Figures as SVG only: the PNG and the PDF follow from it, which would take most of the time. */
const artifactOf = runner(folder, {
  figure: async (context: StageContext<GivenParams>) => {
    const { draw, metadata } = await drawnFigure(context);
    const { spec, svg } = await framed(draw, context.params);
    return artifact("figure", { spec: [JSON.stringify(spec)], svg: [svg], png: [none], pdf: [none] }, metadata);
  },
});
/** Only the PNG tells the pixels of a figure. */
const runOf = (path: string) => (path === "pixelRatio" ? wholeOf : artifactOf);

const files = ["variants", "figureVariants"].map((name): { sources: Record<string, Entry>; variants: Variant[] } =>
  parse(readFileSync(`test/fixtures/${name}.yaml`, "utf8"), { merge: true, maxAliasCount: -1 }),
);
const sources: Record<string, Entry> = Object.assign({}, ...files.map((file) => file.sources));
const variants = files.flatMap((file) => file.variants);

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

/** The step of a stage in a pipeline with what it needs. Throws ConfigError. */
function planned({ uses, matrix, from = {}, with: values }: Entry): Step {
  const needed: Record<string, Entry> = {};
  const add = (name: string) => {
    if (needed[name]) return;
    needed[name] = sources[name];
    for (const other of Object.values(sources[name].from ?? {}).flat()) add(other);
  };
  for (const name of Object.values(from).flat()) add(name);
  const path = join(folder, "p.yaml");
  writeFileSync(path, JSON.stringify({ name: "p", matrix, stages: { ...needed, it: { uses, from, with: values } } }));
  const { steps } = plan(loadPipeline(path), stages);
  return steps.find(({ stage }) => stage === "it") as Step;
}

/** Metadata that repeat parameters, which says nothing about their effect. */
const repeated = ["parameters", "training", "provenance", "problem", "architecture", "settings"];

/** Columns, summary and metadata as one text. */
function textOf({ columns, summary, metadata }: Artifact, parameters: readonly string[]): string {
  const own = Object.entries(metadata).filter(([name]) => !repeated.includes(name) && !parameters.includes(name));
  const base64 = (view: ArrayBufferView) =>
    Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("base64");
  // A Buffer would become a list of its bytes before the function below sees it.
  const cells = Object.entries(columns).map(([name, column]) => [
    name,
    Array.isArray(column) ? column.map((cell) => (ArrayBuffer.isView(cell) ? base64(cell) : cell)) : column,
  ]);
  return JSON.stringify([cells, summary, own], (_, value) => {
    if (ArrayBuffer.isView(value)) return base64(value);
    return typeof value === "number" ? String(value) : value;
  });
}

/** What becomes of a changed parameter: undefined when it is refused at its place, or changes the result. */
async function effectOf(variant: Variant, step: Step, { path, values }: Change): Promise<string | undefined> {
  const [parameter] = path.split(".");
  const run = runOf(path);
  const names = [...Object.keys(step.params), parameter].filter((name) => name !== "tensors" && name !== "labels");
  const result = textOf(await run(step), names);
  if (values.length === 0) return "has no other value to try: give one under `other` in test/fixtures/variants.yaml";
  for (const value of values) {
    let other: Step;
    try {
      other = planned({ ...variant, with: withValue(variant.with, path, value, step.params) });
    } catch (error) {
      if (error instanceof ConfigError) return undefined;
      throw error;
    }
    try {
      if (textOf(await run(other), names) !== result) return undefined;
    } catch (error) {
      return `as ${JSON.stringify(value)} fails only when it runs: ${(error as Error).message}`;
    }
  }
  return `as ${values.map((value) => JSON.stringify(value)).join(" or ")} has no effect`;
}

const kinds = [...new Set(variants.map(({ uses }) => uses))];

for (const kind of kinds) {
  test(`${kind}: every parameter changes the result, or check refuses it`, async () => {
    for (const variant of variants.filter(({ uses }) => uses === kind)) {
      const { from = {}, with: given, free = {}, other = {} } = variant;
      const step = planned(variant);
      const faults: string[] = [];
      for (const change of changesOf(schemaOf(kind), given, other)) {
        const isFree = free[change.path] !== undefined || other[change.path]?.length === 0;
        const effect = isFree ? undefined : await effectOf(variant, step, change);
        if (effect !== undefined) faults.push(`${change.path} ${effect}`);
      }
      assert.deepEqual(faults, [], `${JSON.stringify(from)} ${JSON.stringify(given)}`);
    }
  });
}

/** An artifact of each kind, to connect to ports that may be empty. */
const candidates: Record<string, string[]> = {
  dataset: ["moons", "words"],
  model: ["pinn2", "labels"],
  directions: ["plane"],
  grid: ["bumpy"],
  tree: ["tree"],
  table: ["measures"],
};

/** What becomes of an input that a variant does without: undefined when it changes the result or is refused. */
async function effectOfInput(variant: Variant, step: Step, port: string, name: string): Promise<string | undefined> {
  const { many } = step.definition.inputs[port];
  const names = Object.keys(step.params);
  try {
    const other = planned({ ...variant, from: { ...variant.from, [port]: many ? [name] : name } });
    const isSame = textOf(await artifactOf(other), names) === textOf(await artifactOf(step), names);
    return isSame ? `${name} at port ${port} has no effect` : undefined;
  } catch (error) {
    return error instanceof ConfigError
      ? undefined
      : `${name} at port ${port} fails only when it runs: ${(error as Error).message}`;
  }
}

test("an input that a stage can do without changes the result, or check refuses it", async () => {
  for (const variant of variants) {
    const { uses, from = {}, with: given, free = {} } = variant;
    const step = planned(variant);
    const faults: string[] = [];
    for (const [port, { kinds, optional }] of Object.entries(step.definition.inputs)) {
      if (!optional || port === "*" || from[port] !== undefined || free[`from.${port}`] !== undefined) continue;
      for (const name of kinds.flatMap((kind) => candidates[kind] ?? [])) {
        const effect = await effectOfInput(variant, step, port, name);
        if (effect !== undefined) faults.push(effect);
      }
    }
    assert.deepEqual(faults, [], `${uses} ${JSON.stringify(from)} ${JSON.stringify(given)}`);
  }
});

/** Stages without a variant, and why. */
const elsewhere: Record<string, string> = {
  "contour-tree": "it has no parameters",
  classify: "its parameters are those of a cross-validation, all in use",
  aggregate: "its parameters name columns and statistics",
  correlate: "its parameters name columns and statistics",
};

test("every stage has variants", () => {
  assert.deepEqual([...kinds, ...Object.keys(elsewhere)].sort(), stages.map(({ name }) => name).sort());
});
