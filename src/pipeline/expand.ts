/** Repeats each stage over the matrix values that it, or any stage before it, mentions. */
import type { PipelineText, Point } from "../stage.js";
import type { Path } from "../text/fault.js";
import { suggestion } from "../text/nearestName.js";
import { listed } from "../text/words.js";
import { portOf } from "./adapters.js";
import { type Checked, checkParameters } from "./checkStep.js";
import { ExpressionFault } from "./expression.js";
import { textOf } from "./matrix.js";
import type { Report, StageNode } from "./node.js";
import { checkAmounts, checkInputs, type Faulty, outlooksOf } from "./outlooks.js";
import type { Pipeline } from "./pipeline.js";
import { agreeingPlaces, type Place, type Places, type Points, placesOf } from "./places.js";
import { keyOf, type Step } from "./step.js";
import { substitute, textOfReference } from "./template.js";
import { axesOf, lookupAt } from "./values.js";
import { whereOf } from "./where.js";

/** The steps of a stage, with its axes and points. */
interface Expanded {
  steps: readonly Step[];
  axes: readonly string[];
  /** Undefined for a stage of another pipeline, which has its own points. */
  points?: Points;
}

/**
 * The steps of these stages. The parameters and inputs of each are checked at all its points, and faults reported. With
 * `isWhole` the points are all that the matrix has.
 */
export function expand(
  pipeline: Pipeline,
  nodes: readonly StageNode[],
  points: readonly Point[],
  foreign: ReadonlyMap<string, readonly Step[]>,
  report: Report,
  isWhole: boolean,
): Step[] {
  const { params, matrix } = pipeline;
  const names = Object.keys(matrix.axes);
  const places = placesOf(points, (point) => lookupAt(params, matrix, point, names));
  const known = new Map<string, Expanded>(
    [...foreign].map(([name, steps]) => [name, { steps, axes: Object.keys(steps[0]?.point ?? {}) }]),
  );
  const refused = new WeakSet<object>();
  const incomplete = new Set(nodes.filter(({ lacksInput }) => lacksInput).map(({ name }) => name));
  /** The stages whose axes are not known, because they, or stages before them, are faulty. */
  const unsure = new Set(incomplete);
  const faulty: Faulty = {
    params: (of) => refused.has(of),
    inputs: ({ stage }) => incomplete.has(stage),
    axes: ({ stage }) => unsure.has(stage),
  };
  const outlooks = outlooksOf(faulty, names);
  const hashes = new Map<string, string>();

  for (const node of nodes) {
    const before = Object.values(node.from).flat();
    if (before.some((source) => unsure.has(source))) unsure.add(node.name);
    const inputs = Object.entries(node.from).map(
      ([port, sources]) => [port, sources.map((source) => known.get(source) as Expanded)] as const,
    );
    // Faults of axes that are no faults if another fault hides an axis.
    const ofAxes: Parameters<Report>[] = [];
    const reports = { report, ofAxes: (...fault: Parameters<Report>) => void ofAxes.push(fault) };
    const sourcesOfAll = inputs.flatMap(([, sources]) => sources);
    const axes = axesOfStage(pipeline, node, sourcesOfAll, names, reports);
    const own = pointsOfStage(pipeline, node, axes, inputs, places, reports, isWhole);
    const paramsAt = paramsOf(pipeline, node, names, hashes, refused, report);
    const sources = inputs.map(([port, list]) => {
      const found = list.map((source, k) => sourceSteps(node, port, k, axes, own, source, places, report));
      return [port, found] as const;
    });
    const steps = places.on(axes, own).map((place, i) => {
      const { params, files } = paramsAt(place);
      return makeStep(pipeline, node, place, params, files, inputsAt(sources, i));
    });
    if (steps.some(({ params }) => refused.has(params))) unsure.add(node.name);
    if (!unsure.has(node.name)) for (const fault of ofAxes) report(...fault);
    checkInputs(node, steps, outlooks, faulty, report);
    checkAmounts(node, steps, outlooks, report);
    known.set(node.name, { steps, axes, points: own });
  }
  return nodes.flatMap((node) => known.get(node.name)?.steps ?? []);
}

interface Reports {
  report: Report;
  ofAxes: Report;
}

/**
 * The axes that a stage is repeated over, in matrix order: those of its inputs and of its own values; for a fan-in,
 * `by`.
 */
function axesOfStage(
  { params }: Pipeline,
  node: StageNode,
  inputs: readonly Expanded[],
  names: readonly string[],
  { report, ofAxes }: Reports,
): string[] {
  const inherited = new Set(inputs.filter(({ points }) => points).flatMap(({ axes }) => axes));
  const { name, by = [], definition } = node;
  if (by.length > 0 && !definition.fanIn) {
    const message = `${name} (${definition.name}) takes one point at a time; by: needs a stage that takes many, such as gather`;
    report(["stages", name, "by"], message, "key");
  }
  if (definition.fanIn) {
    const possible = names.filter((axis) => inherited.has(axis));
    for (const [i, axis] of by.entries()) {
      if (inherited.has(axis)) continue;
      const known =
        possible.length > 0 ? `its inputs are repeated over ${listed(possible)}` : "its inputs have no axes";
      ofAxes(["stages", name, "by", i], `${name}.by names "${axis}"; ${known}${suggestion(axis, possible)}`);
    }
    return names.filter((axis) => by.includes(axis));
  }
  const own = axesOf(node.with, params, names);
  return names.filter((axis) => inherited.has(axis) || own.has(axis));
}

/** The points of a stage: those of all its inputs (for a fan-in, those of any input) that its `where` selects. */
function pointsOfStage(
  pipeline: Pipeline,
  node: StageNode,
  axes: readonly string[],
  inputs: readonly (readonly [string, readonly Expanded[]])[],
  places: Places,
  { report, ofAxes }: Reports,
  isWhole: boolean,
): Points {
  const { name, definition } = node;
  let points = places.all;
  for (const [port, list] of inputs) {
    const own = list.flatMap(({ points }) => points ?? []);
    if (own.length < list.length || own.length === 0) continue;
    if (!definition.fanIn) for (const other of own) points = places.both(points, other);
    else if (!portOf(definition, port)?.optional) points = places.both(points, own.reduce(places.either));
  }
  const where = whereOf(node, pipeline, report);
  if (where === undefined) return points;
  const possible = definition.fanIn
    ? [...new Set(inputs.flatMap(([, list]) => list.flatMap(({ axes }) => axes)))]
    : axes;
  const strange = where.axes.find((axis) => !possible.includes(axis));
  if (strange !== undefined) {
    const known = possible.length > 0 ? `it depends on ${listed(possible)}` : "it depends on no axis";
    ofAxes(["stages", name, "where"], `${name}.where names "${strange}", and ${name} does not depend on it; ${known}`);
    return points;
  }
  try {
    const kept = places.where(points, where);
    if (kept.list.length === 0 && points.list.length > 0) {
      if (isWhole) ofAxes(["stages", name, "where"], `${name}.where leaves none of its points`);
      return points;
    }
    return kept;
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    report(["stages", name, "where"], `${name}.where ${error.message}`);
    return points;
  }
}

/** For each place of a stage, the steps that a source provides there. */
function sourceSteps(
  node: StageNode,
  port: string,
  k: number,
  axes: readonly string[],
  own: Points,
  source: Expanded,
  places: Places,
  report: Report,
): (i: number) => Step[] {
  if (source.points) {
    const points = node.definition.fanIn ? places.both(source.points, own) : source.points;
    const indices = places.agreeing(axes, own, source.axes, points);
    if (points === source.points) {
      // Often a step of each place.
      return (i) =>
        indices[i].length === 1 ? [source.steps[indices[i][0]]] : indices[i].map((at) => source.steps[at]);
    }
    const byPoint = new Map(source.steps.map((step) => [textOf(Object.values(step.point)), step]));
    const kept = places.on(source.axes, points).map(({ point }) => byPoint.get(textOf(Object.values(point))) as Step);
    return (i) => indices[i].map((at) => kept[at]);
  }
  const points = places.on(axes, own).map(({ point }) => point);
  const among = source.steps.map(({ point }) => point);
  const indices = agreeingPlaces(axes, points, source.axes, among);
  const wrong = node.definition.fanIn ? -1 : indices.findIndex((found) => found.length !== 1);
  if (wrong >= 0) {
    const found = `${node.name}.from.${port} has ${indices[wrong].length} points on ${listed(source.axes)}`;
    report(["stages", node.name, "from", port, k], `${found}; expected one: choose it by set:`);
    return () => source.steps.slice(0, 1);
  }
  return (i) => indices[i].map((at) => source.steps[at]);
}

function inputsAt(sources: readonly (readonly [string, ((i: number) => Step[])[]])[], i: number) {
  const inputs: Record<string, Step[]> = {};
  for (const [port, found] of sources) {
    const [only] = found;
    inputs[port] = found.length === 1 ? only(i) : found.flatMap((stepsAt) => stepsAt(i));
  }
  return inputs;
}

/**
 * The parameters of a stage at a place, checked. Places with the same values on the axes that the stage itself mentions
 * share them. Refused parameters are added to `refused`.
 */
function paramsOf(
  { params, file }: Pipeline,
  node: StageNode,
  names: readonly string[],
  hashes: Map<string, string>,
  refused: WeakSet<object>,
  report: Report,
): (place: Place) => Checked {
  const { name, definition, inserted } = node;
  const own = [...axesOf(node.with, params, names)];
  const known = new Map<string, Checked>();
  const told = new Set<string>();
  const tell: Report = (path, message, part, missing) => {
    const at = ["stages", name, "with", ...path];
    // A name that is unknown at several points is one fault, although other names may be known at each.
    const id = JSON.stringify(part === "key" ? [at] : [at, message]);
    if (!told.has(id)) report(at, message, part, missing);
    told.add(id);
  };
  return (place) => {
    if (inserted) {
      return checkParameters(node, definition.adapter?.(wordsOf(place.point)) ?? {}, hashes, () => "");
    }
    // A place that has the values of no other axes shares them with none.
    const id =
      own.length === Object.keys(place.point).length ? undefined : textOf(own.map((axis) => place.point[axis]));
    const found = id === undefined ? undefined : known.get(id);
    if (found) return found;
    const unknown: Path[] = [];
    const values = substitute(node.with, place.lookup, (path, message) => {
      unknown.push(path);
      tell(path, `${name} ${message.startsWith('"') ? "has " : ""}${message}`);
    });
    const folderOf = (path: Path) => file.folderOf(["stages", name, "with", ...path]);
    const textAt = (path: Path) => textOfReference(node.with, path, place.lookup);
    const checked = checkParameters(node, values as Record<string, unknown>, hashes, folderOf, unknown, textAt);
    for (const { path, message, part, missing } of checked.faults) tell(path, message, part, missing);
    if (unknown.length + checked.faults.length > 0) refused.add(checked.params);
    if (id !== undefined) known.set(id, checked);
    return checked;
  };
}

/** `name · beta = 30, seed = 0` */
function wordsOf(point: Point): string {
  return Object.entries(point)
    .map(([axis, value]) => `${axis} = ${value}`)
    .join(", ");
}

function makeStep(
  pipeline: Pipeline,
  { name, title, definition, timeout, allotment }: StageNode,
  { point, label }: Place,
  params: Record<string, unknown>,
  files: Checked["files"],
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
  const { key, preimage } = keyOf(facts);
  const id = label === "" ? name : `${name}@${label}`;
  return { id, stage: name, title, point, ...facts, key, preimage, timeout, allotment };
}
