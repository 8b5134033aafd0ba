/**
 * From a pipeline to steps: one for each stage and matrix point, with its parameters, its inputs and its content key.
 */
import type { Stage } from "../stage.js";
import type { Fault } from "../text/fault.js";
import { suggestion } from "../text/nearestName.js";
import { listed } from "../text/words.js";
import { checkNames } from "./checkNames.js";
import { configError, fileError, MOST_FAULTS } from "./configFile.js";
import { expand } from "./expand.js";
import { MAX_POINTS, matrixPoints } from "./matrix.js";
import { missingFiles } from "./missingFiles.js";
import type { Report, StageNode } from "./node.js";
import type { Pipeline } from "./pipeline.js";
import { resolveStages } from "./resolve.js";
import type { Step } from "./step.js";

export interface Plan {
  pipeline: Pipeline;
  /** Every step comes after the steps that it takes inputs from. */
  steps: Step[];
  /** The stages whose artifacts are published, by name. */
  published: Set<string>;
}

/** The keys of the results that a run of the plan needs. */
export function keysOf({ steps }: Plan): string[] {
  return steps.map(({ key }) => key);
}

/**
 * All steps of a pipeline, including those of other pipelines that it takes inputs from. `stages` are the stages that
 * it uses, and figures; `kinds` are all stage kinds. Throws ConfigError with every fault: unknown stages, ports, values
 * and parameters, values that do not fit, missing inputs, cycles.
 */
export function plan(pipeline: Pipeline, stages: readonly Stage[], kinds = stages.map(({ name }) => name)): Plan {
  const faults: Fault[] = [];
  const missing = missingFiles();
  const stop = () => {
    if (faults.length > 0) throw configError(pipeline.file, faults.map(missing.told));
  };
  const report: Report = (path, message, part, file) => {
    const fault = { path, part, message };
    if (file !== undefined && missing.isKnown(fault, file)) return;
    faults.push(fault);
    if (faults.length > MOST_FAULTS) stop();
  };

  const before = importedSteps(pipeline, stages, kinds, report);
  checkNames(pipeline, report);
  // With a faulty matrix, one point is enough to check the stages.
  const first = Object.fromEntries(Object.entries(pipeline.matrix.axes).map(([name, [value]]) => [name, value]));
  const isSound = faults.length === 0;
  let points = isSound ? matrixPoints(pipeline.matrix) : [first];
  if (points.length === 0) report(["matrix", "exclude"], "every point of the matrix is excluded");
  if (points.length > MAX_POINTS) {
    report(["matrix"], `the matrix has ${points.length} points; expected at most ${MAX_POINTS}`, "key");
  }
  if (points.length === 0 || points.length > MAX_POINTS) points = [first];
  const foreign = new Map([...before.byStage].map(([name, steps]) => [name, steps[0].definition]));
  const nodes = resolveStages(pipeline, stages, kinds, foreign, report);
  const steps = expand(pipeline, nodes, points, before.byStage, report, isSound);
  stop();
  return { pipeline, steps: [...before.steps, ...steps], published: publishedStages(pipeline, nodes) };
}

/** The steps that inputs from other pipelines need, prefixed with the pipeline's name, and the inputs by stage. */
function importedSteps(pipeline: Pipeline, stages: readonly Stage[], kinds: readonly string[], report: Report) {
  const steps: Step[] = [];
  const byStage = new Map<string, Step[]>();
  for (const { name, pipeline: other, stages: wanted } of pipeline.imports) {
    const whole = plan(other, stages, [...kinds]);
    const names = other.stages.map((entry) => entry.name);
    const known = [...wanted].filter(([stage, path]) => {
      if (names.includes(stage)) return true;
      report(path, `${other.file.file} has no stage "${stage}"; expected ${listed(names)}${suggestion(stage, names)}`);
      return false;
    });
    if (known.length === 0) continue;
    const chosen = select(
      whole,
      known.map(([stage]) => stage),
    ).steps;
    for (const step of chosen) Object.assign(step, { id: `${name}/${step.id}`, stage: `${name}/${step.stage}` });
    for (const [stage] of known) {
      const own = chosen.filter((step) => step.stage === `${name}/${stage}`);
      byStage.set(`${name}/${stage}`, own);
    }
    steps.push(...chosen);
  }
  return { steps, byStage };
}

/**
 * Stages that nothing uses but figures and reports, those listed under `publish:`, and every figure and report. What
 * samples a network learns from is not a result: datasets are published where they are listed.
 */
function publishedStages(pipeline: Pipeline, nodes: readonly StageNode[]): Set<string> {
  const shows = (node: StageNode) => node.definition.output === "figure" || node.definition.output === "report";
  const used = new Set(nodes.filter((node) => !shows(node)).flatMap((node) => Object.values(node.from).flat()));
  const leaves = nodes
    .filter((node) => shows(node) || (!used.has(node.name) && node.definition.output !== "dataset"))
    .map(({ name }) => name);
  return new Set([...pipeline.publish, ...leaves]);
}

/**
 * The steps of the named stages (or `stage@point`), which are published, and all steps that they need. Throws
 * ConfigError for an unknown name.
 */
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
