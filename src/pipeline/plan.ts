/** From a pipeline to steps: one for each stage and matrix point, with its parameters, its inputs and its content key. */
import { hash } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import { canonicalJson } from "../artifact/canonicalJson.js";
import type { PipelineText, Point, Stage } from "../stage.js";
import type { Fault, Path } from "../text/fault.js";
import { suggestion } from "../text/nearestName.js";
import { listed } from "../text/words.js";
import { checkNames } from "./checkNames.js";
import { type Pipeline, valuesAt } from "./config.js";
import { configError, fileError, MOST_FAULTS } from "./configFile.js";
import { MAX_POINTS, matrixPoints, mentions, pointLabel, projections, substitute, textOf } from "./matrix.js";
import { mentionedFiles } from "./mentionedFiles.js";
import { findFile, type NamedFile } from "./namedFile.js";
import { leadsTo } from "./namedValues.js";
import { definitionOf, firstPoint, type Report, resolveStages, type StageNode } from "./resolve.js";
import { validateParameters } from "./validateParameters.js";

export interface Step {
  /** `<stage>` or `<stage>@<point>`. */
  id: string;
  stage: string;
  /** What people see as its name: the stage's, or for a figure put in by itself that of the stage it draws. */
  title: string;
  point: Point;
  definition: Stage;
  params: Record<string, unknown>;
  /** The files that the params name. */
  files: NamedFile[];
  inputs: Record<string, Step[]>;
  key: string;
  /** What the key is the hash of. */
  preimage: unknown;
  /** For a stage that shows the pipeline. */
  pipeline?: PipelineText;
  /** Seconds that it may take; not part of the key. */
  timeout?: number;
}

export interface Plan {
  pipeline: Pipeline;
  /** Every step after the steps it takes inputs from. */
  steps: Step[];
  /** The stages whose artifacts are published, by name. */
  published: Set<string>;
}

/**
 * All steps of a pipeline. `stages` are those that it uses, and figures; `kinds` those that there are. Throws ConfigError with every problem found: unknown stages, ports and parameters, values that do
 * not fit, missing inputs, cycles.
 */
export function plan(pipeline: Pipeline, stages: readonly Stage[], kinds = stages.map(({ name }) => name)): Plan {
  const faults: Fault[] = [];
  const stop = () => {
    if (faults.length > 0) throw configError(pipeline.file, faults);
  };
  const report: Report = (path, message, part) => {
    faults.push({ path, part, message });
    if (faults.length > MOST_FAULTS) stop();
  };

  checkNames(pipeline, report);
  const ordered = resolveStages(pipeline, stages, kinds, report) ?? [];
  if (faults.length > 0) checkParameters(pipeline, stages, report);
  stop();

  const points = matrixPoints(pipeline.matrix);
  if (points.length === 0) report(["matrix", "exclude"], "every point of the matrix is excluded");
  if (points.length > MAX_POINTS) {
    report(["matrix"], `the matrix has ${points.length} points; expected at most ${MAX_POINTS}`, "key");
  }
  stop();
  const steps = expand(pipeline, ordered, points, report);
  stop();
  return { pipeline, steps, published: publishedStages(pipeline, ordered) };
}

/** Repeats each stage over the matrix values that it, or anything before it, mentions; fills in and checks its parameters. */
function expand(pipeline: Pipeline, nodes: StageNode[], points: Point[], report: Report): Step[] {
  const names = Object.keys(pipeline.matrix.axes);
  const steps = new Map<string, Step[]>();
  const axes = new Map<string, string[]>();
  const hashes = new Map<string, string>();
  const { placesOn, agreeing } = placesOf(pipeline, points);
  for (const node of nodes) {
    const { definition } = node;
    const own = new Set(mentions(node.with).map(({ name }) => name));
    const inherited = definition.fanIn
      ? []
      : Object.values(node.from)
          .flat()
          .flatMap((source) => axes.get(source) ?? []);
    const used = names.filter((name) => inherited.includes(name) || [...own].some((mention) => leadsTo(mention, name)));
    axes.set(node.name, used);
    const faults = new Set<string>();
    const ports = Object.entries(node.from).map(([port, sources]) => {
      const found = sources.map((source) => ({
        steps: steps.get(source) as Step[],
        indices: agreeing(used, axes.get(source) as string[]),
      }));
      return [port, found] as const;
    });
    steps.set(
      node.name,
      placesOn(used).map((place, i) => {
        const params = node.inserted
          ? (definition.adapter?.(titleOf(node.title, place.point)) ?? {})
          : (substitute(node.with, place.values) as Record<string, unknown>);
        const { found, files } = inspectParameters(node, params, hashes);
        for (const { path, part, message } of found) {
          const key = JSON.stringify([path, message]);
          if (!faults.has(key)) report(["stages", node.name, "with", ...path], message, part);
          faults.add(key);
        }
        const inputs = Object.fromEntries(
          ports.map(([port, sources]) => [
            port,
            sources.flatMap(({ steps, indices }) => indices[i].map((k) => steps[k])),
          ]),
        );
        return makeStep(pipeline, node, place, params, files, inputs);
      }),
    );
  }
  return nodes.flatMap((node) => steps.get(node.name) as Step[]);
}

/** A choice of values on some axes of the matrix. */
interface Place {
  point: Point;
  label: string;
  /** By the names that `${…}` may mention. */
  values: ReadonlyMap<string, unknown>;
}

/** The places of stages that are repeated over the same axes, found once for all of them. */
function placesOf(pipeline: Pipeline, points: Point[]) {
  const places = new Map<string, Place[]>();
  const indices = new Map<string, number[][]>();
  const placesOn = (names: readonly string[]) =>
    remembered(places, names.join(" "), () =>
      projections(points, names).map((point) => ({
        point,
        label: pointLabel(point),
        values: valuesAt(pipeline, point),
      })),
    );
  /** For each place on `names` the places on `others` that have the same values on the axes that both have. */
  const agreeing = (names: readonly string[], others: readonly string[]) =>
    remembered(indices, `${names.join(" ")}, ${others.join(" ")}`, () => {
      const shared = others.filter((name) => names.includes(name));
      const labelOf = ({ point }: Place) => textOf(shared.map((name) => point[name]));
      const groups = new Map<string, number[]>();
      for (const [i, place] of placesOn(others).entries()) remembered(groups, labelOf(place), () => []).push(i);
      return placesOn(names).map((place) => groups.get(labelOf(place)) ?? []);
    });
  return { placesOn, agreeing };
}

function remembered<T>(known: Map<string, T>, name: string, make: () => T): T {
  const found = known.get(name) ?? make();
  known.set(name, found);
  return found;
}

/** Reports what else is wrong in a pipeline that has no steps: with the parameters of its stages, where all that they mention is known. */
function checkParameters(pipeline: Pipeline, stages: readonly Stage[], report: Report): void {
  const values = valuesAt(pipeline, firstPoint(pipeline));
  const hashes = new Map<string, string>();
  for (const entry of pipeline.stages) {
    const definition = definitionOf(entry, stages);
    if (definition === undefined || !mentions(entry.with).every(({ name }) => values.has(name))) continue;
    const params = substitute(entry.with, values) as Record<string, unknown>;
    const { found } = inspectParameters({ ...entry, definition, title: entry.name }, params, hashes);
    for (const { path, part, message } of found) report(["stages", entry.name, "with", ...path], message, part);
  }
}

/** What is wrong with a stage's parameters, by its schema, else by its own check, and the files that they name. */
function inspectParameters(
  { name, definition, folder }: StageNode,
  params: Record<string, unknown>,
  hashes: Map<string, string>,
): { found: Fault[]; files: NamedFile[] } {
  const files: NamedFile[] = [];
  const { faults: found, files: named } = validateParameters(definition.schema ?? definition.name, params, name);
  if (found.length > 0) return { found, files };
  const add = (path: Path, text: string) =>
    found.push({ path, part: "value", message: `${[name, ...path].join(".")}${text}` });
  try {
    for (const { path, message } of definition.check?.(params, (path) => resolve(folder, path)) ?? [])
      add([...path], `: ${message}`);
  } catch (error) {
    // An expression that is nested too deeply ends the stack, for one.
    add([], ` cannot be checked: ${(error as Error).message}`);
  }
  for (const { path, file } of named) {
    try {
      const own = findFile(file, folder, hashes);
      files.push(own);
      for (const other of definition.companions?.(own.absolute) ?? []) {
        files.push(findFile(join(dirname(file), other), folder, hashes));
      }
    } catch (error) {
      const advice = definition.adviceOnFile?.(params, resolve(folder, file));
      add(path, ` ${(error as Error).message}${advice ? `; ${advice}` : ""}`);
    }
  }
  const command = definition.commandOf?.(params);
  const known = new Set(files.map(({ absolute }) => absolute));
  for (const path of command === undefined ? [] : mentionedFiles(command, folder)) {
    const file = findFile(path, folder, hashes);
    if (!known.has(file.absolute)) files.push({ ...file, isMentioned: true });
  }
  return { found, files };
}

/** `name · beta = 30, seed = 0` */
function titleOf(name: string, point: Point): string {
  const values = Object.entries(point).map(([axis, value]) => `${axis} = ${value}`);
  return values.length > 0 ? `${name} · ${values.join(", ")}` : name;
}

function makeStep(
  pipeline: Pipeline,
  { name, title, definition, timeout }: StageNode,
  { point, label }: Place,
  params: Record<string, unknown>,
  files: NamedFile[],
  inputs: Record<string, Step[]>,
): Step {
  const text: PipelineText | undefined = definition.showsPipeline
    ? {
        name: pipeline.name,
        description: pipeline.description,
        source: pipeline.file.source,
        params: pipeline.params,
        matrix: pipeline.matrix.axes,
      }
    : undefined;
  const facts = { definition, params, files, inputs, pipeline: text };
  return {
    id: label === "" ? name : `${name}@${label}`,
    stage: name,
    title,
    point,
    ...facts,
    timeout,
    ...keyOf(facts),
  };
}

/**
 * The content key of a step: the hash of all that its output depends on. `failures` maps steps that failed to their messages;
 * a fan-in goes on without them, under a key of its own.
 */
export function keyOf(
  step: Pick<Step, "definition" | "params" | "files" | "inputs" | "pipeline">,
  failures: ReadonlyMap<Step, string> = new Map(),
): { key: string; preimage: unknown } {
  const { definition, params, files, inputs, pipeline } = step;
  // A fan-in names its inputs by stage and point, so these belong to its key; for the others the artifact is all they see.
  const describe = (source: Step) => {
    const failure = failures.get(source);
    const content = failure === undefined ? source.key : { failed: failure };
    return definition.fanIn ? { step: source.id, content } : content;
  };
  const preimage = {
    stage: definition.name,
    version: definition.version,
    ...(definition.module && { module: definition.module.sha256 }),
    params,
    ...(files.length > 0 && { files: Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256])) }),
    inputs: Object.fromEntries(Object.entries(inputs).map(([port, sources]) => [port, sources.map(describe)])),
    ...(pipeline && { pipeline }),
  };
  return { key: hash("sha256", canonicalJson(preimage)), preimage };
}

/**
 * Stages that nothing uses but figures and reports, those listed under `publish:`, and every figure and report. What samples a
 * network learns from is no result: datasets are published where they are listed.
 */
function publishedStages(pipeline: Pipeline, nodes: StageNode[]): Set<string> {
  const shows = (node: StageNode) => node.definition.output === "figure" || node.definition.output === "report";
  const used = new Set(nodes.filter((node) => !shows(node)).flatMap((node) => Object.values(node.from).flat()));
  const leaves = nodes
    .filter((node) => shows(node) || (!used.has(node.name) && node.definition.output !== "dataset"))
    .map(({ name }) => name);
  return new Set([...pipeline.publish, ...leaves]);
}

/** The steps of the named stages (or `stage@point`), which are published, and all that they need. Throws ConfigError for a name that fits none. */
export function select({ pipeline, steps, published }: Plan, targets: string[]): Plan {
  if (targets.length === 0) return { pipeline, steps, published };
  const wanted = new Set<Step>();
  const add = (step: Step) => {
    if (wanted.has(step)) return;
    wanted.add(step);
    for (const source of Object.values(step.inputs).flat()) add(source);
  };
  for (const target of targets) {
    const found = steps.filter(({ id, stage }) => id === target || stage === target);
    if (found.length === 0) {
      const [name] = target.split("@");
      const points = steps.filter(({ stage }) => stage === name).map(({ id }) => id);
      const known = [...new Set(steps.map(({ stage }) => stage))];
      const advice = points.length > 0 ? "" : suggestion(target, known);
      const message = `no step "${target}"${advice || `; expected ${listed(points.length > 0 ? points : known)}`}`;
      throw fileError(pipeline.file.file, message);
    }
    found.forEach(add);
  }
  const named = targets.map((target) => target.replace(/@.*/, ""));
  return { pipeline, steps: steps.filter((step) => wanted.has(step)), published: new Set([...published, ...named]) };
}
