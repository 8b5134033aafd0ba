/** From a pipeline to steps: one for each stage and matrix point, with its parameters, its inputs and its content key. */
import { createHash } from "node:crypto";
import type { ArtifactKind } from "./artifact.js";
import { canonicalJson } from "./canonicalJson.js";
import { configError, type Pipeline, type StageEntry } from "./config.js";
import type { Location, Path } from "./configFile.js";
import {
  MAX_POINTS,
  matrixPoints,
  mentions,
  pointLabel,
  productSize,
  projections,
  restrict,
  substitute,
} from "./matrix.js";
import { suggestion } from "./nearestName.js";
import { listed, validate } from "./parameters.js";
import type { PipelineText, Point, Port, Stage } from "./stage.js";

export interface Step {
  /** `<stage>` or `<stage>@<point>`. */
  id: string;
  stage: string;
  /** What people see as its name: the stage's, or for a figure put in by itself that of the stage it draws. */
  title: string;
  point: Point;
  definition: Stage;
  params: Record<string, unknown>;
  inputs: Record<string, Step[]>;
  key: string;
  /** What the key is the hash of. */
  preimage: unknown;
  /** For a stage that shows the pipeline. */
  pipeline?: PipelineText;
}

export interface Plan {
  pipeline: Pipeline;
  /** Every step after the steps it takes inputs from. */
  steps: Step[];
  /** The stages whose artifacts are published, by name. */
  published: Set<string>;
}

/** A stage of the file, or one put in by itself to draw an artifact for a port that takes figures. */
interface Node extends StageEntry {
  definition: Stage;
  title: string;
  inserted?: boolean;
}

/**
 * All steps of a pipeline. Throws ConfigError with every problem found: unknown stages, ports and parameters, values that do
 * not fit, missing inputs, cycles.
 */
export function plan(pipeline: Pipeline, stages: readonly Stage[]): Plan {
  const problems: { at: Location; message: string }[] = [];
  const report = (path: Path, message: string, part: "key" | "value" = "value") =>
    problems.push({ at: pipeline.file.locate(path, part), message });
  const stop = () => {
    if (problems.length > 0) throw configError(pipeline.file, problems);
  };

  const size = productSize(pipeline.matrix);
  if (size > MAX_POINTS) report(["matrix"], `the matrix has ${size} points; expected at most ${MAX_POINTS}`, "key");
  const nodes = resolveStages(pipeline, stages, report);
  stop();
  const ordered = inOrder(withAdapters(nodes, stages), report);
  stop();

  const points = matrixPoints(pipeline.matrix);
  if (points.length === 0) report(["matrix", "exclude"], "every point of the matrix is excluded");
  const steps = ordered.length > 0 ? expand(pipeline, ordered, points, report) : [];
  stop();
  return { pipeline, steps, published: publishedStages(pipeline, ordered) };
}

type Report = (path: Path, message: string, part?: "key" | "value") => void;

/** Finds each stage's definition and checks its names: kind, ports, sources, `${…}`. */
function resolveStages(pipeline: Pipeline, stages: readonly Stage[], report: Report): Node[] {
  const definitions = new Map(stages.map((stage) => [stage.name, stage]));
  const entries = new Map(pipeline.stages.map((entry) => [entry.name, entry]));
  const values = [...Object.keys(pipeline.params), ...Object.keys(pipeline.matrix.axes)];
  const nodes: Node[] = [];
  for (const entry of pipeline.stages) {
    const path = ["stages", entry.name];
    const definition = definitions.get(entry.uses);
    if (definition === undefined) {
      const guess = suggestion(entry.uses, definitions.keys());
      const known = guess === "" ? `; expected one of ${[...definitions.keys()].join(", ")}` : guess;
      report([...path, "uses"], `${entry.name} uses the unknown stage "${entry.uses}"${known}`);
      continue;
    }
    nodes.push({ ...entry, definition, title: entry.name });
    for (const { name, path: below } of mentions(entry.with)) {
      if (values.includes(name)) continue;
      const known =
        values.length > 0 ? `; params and matrix have ${listed(values)}` : "; the file has no params and no matrix";
      report(
        [...path, "with", ...below],
        `${entry.name} mentions the unknown value "\${${name}}"${known}${suggestion(name, values)}`,
      );
    }
    const ports = Object.keys(definition.inputs).filter((port) => port !== "*");
    for (const [port, sources] of Object.entries(entry.from)) {
      const wanted = portOf(definition, port);
      if (wanted === undefined) {
        const known = ports.length > 0 ? `expected ${listed(ports)}` : "it takes none";
        report(
          [...path, "from", port],
          `${entry.name} (${definition.name}) has no input "${port}"; ${known}${suggestion(port, ports)}`,
          "key",
        );
        continue;
      }
      if (sources.length > 1 && !wanted.many) {
        report([...path, "from", port], `${entry.name}.from.${port} lists ${sources.length} stages; expected one`);
      }
      for (const [i, source] of sources.entries()) {
        const at = [...path, "from", port, i];
        const from = entries.get(source);
        if (from === undefined) {
          const known = `; expected one of ${[...entries.keys()].join(", ")}`;
          report(
            at,
            `${entry.name}.from.${port} names the unknown stage "${source}"${suggestion(source, entries.keys()) || known}`,
          );
          continue;
        }
        const given = definitions.get(from.uses);
        if (given === undefined || wanted.kinds.includes(given.output) || adapterFor(wanted, given.output, stages))
          continue;
        report(
          at,
          `${entry.name}.from.${port} is "${source}", whose output is a ${given.output}; expected ${listed(wanted.kinds)}`,
        );
      }
    }
    if (definition.inputs["*"] && Object.keys(entry.from).length === 0) {
      report(path, `${entry.name} (${definition.name}) has no input; add from: { <any name>: <a stage> }`, "key");
    }
    for (const port of ports) {
      const { optional, kinds } = definition.inputs[port];
      if (optional || Object.hasOwn(entry.from, port)) continue;
      const fitting = pipeline.stages.filter(({ uses }) =>
        kinds.some((kind) => kind === definitions.get(uses)?.output),
      );
      const advice = `{ ${port}: ${fitting[0]?.name ?? "…"} }`;
      report(
        path,
        `${entry.name} (${definition.name}) lacks its input "${port}" (${kinds.join(" or ")}); add from: ${advice}`,
        "key",
      );
    }
  }
  return nodes;
}

function portOf({ inputs }: Stage, port: string): Port | undefined {
  if (Object.hasOwn(inputs, port) && port !== "*") return inputs[port];
  return inputs["*"];
}

/** The stage that turns `kind` into something that the port takes. */
function adapterFor(port: Port, kind: ArtifactKind, stages: readonly Stage[]): Stage | undefined {
  return stages.find(
    (stage) => stage.adapter && port.kinds.includes(stage.output) && stage.inputs["*"]?.kinds.includes(kind),
  );
}

/** Puts an adapter (a figure) between a port that takes figures and a stage that yields something that can be drawn. */
function withAdapters(nodes: Node[], stages: readonly Stage[]): Node[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const added = new Map<string, Node>();
  const changed = nodes.map((node) => {
    const from = Object.entries(node.from).map(([port, sources]) => {
      const wanted = portOf(node.definition, port) as Port;
      const adapted = sources.map((source) => {
        const kind = byName.get(source)?.definition.output;
        if (kind === undefined || wanted.kinds.includes(kind)) return source;
        const definition = adapterFor(wanted, kind, stages) as Stage;
        const name = `${source}:${definition.name}`;
        added.set(name, {
          name,
          title: source,
          uses: definition.name,
          with: {},
          from: { [kind]: [source] },
          definition,
          inserted: true,
        });
        return name;
      });
      return [port, adapted] as const;
    });
    return { ...node, from: Object.fromEntries(from) };
  });
  return [...changed, ...added.values()];
}

/** The stages, each after those it takes inputs from, otherwise in the order of the file. Reports a cycle. */
function inOrder(nodes: Node[], report: Report): Node[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const ordered = new Set<Node>();
  const visit = (node: Node, trail: { node: Node; port: string }[]): boolean => {
    if (ordered.has(node)) return true;
    for (const [port, sources] of Object.entries(node.from)) {
      for (const [i, source] of sources.entries()) {
        const path = [...trail, { node, port }];
        const start = path.findIndex((step) => step.node.name === source);
        if (start >= 0) {
          const cycle = [...path.slice(start).map((step) => step.node.name), source].reverse();
          report(
            ["stages", node.name, "from", port, i],
            `a cycle: ${cycle.join(" → ")}; a stage cannot need its own output`,
          );
          return false;
        }
        if (!visit(byName.get(source) as Node, path)) return false;
      }
    }
    ordered.add(node);
    return true;
  };
  for (const node of nodes) if (!visit(node, [])) break;
  return [...ordered];
}

/** Repeats each stage over the matrix values that it, or anything before it, mentions; fills in and checks its parameters. */
function expand(pipeline: Pipeline, nodes: Node[], points: Point[], report: Report): Step[] {
  const names = Object.keys(pipeline.matrix.axes);
  const steps = new Map<string, Step[]>();
  const axes = new Map<string, string[]>();
  for (const node of nodes) {
    const { definition } = node;
    const own = new Set(mentions(node.with).map(({ name }) => name));
    const inherited = definition.fanIn
      ? []
      : Object.values(node.from)
          .flat()
          .flatMap((source) => axes.get(source) ?? []);
    const used = names.filter((name) => own.has(name) || inherited.includes(name));
    axes.set(node.name, used);
    const faults = new Set<string>();
    steps.set(
      node.name,
      projections(points, used).map((point) => {
        const params = node.inserted
          ? (definition.adapter?.(titleOf(node.title, point)) ?? {})
          : (substitute(node.with, { ...pipeline.params, ...point }) as Record<string, unknown>);
        const problems = validate(definition.name, params, node.name);
        const found =
          problems.length > 0
            ? problems
            : (definition.check?.(params) ?? []).map(({ path, message }) => ({
                path,
                part: "value" as const,
                message: `${[node.name, ...path].join(".")}: ${message}`,
              }));
        for (const { path, part, message } of found) {
          const key = JSON.stringify([path, message]);
          if (!faults.has(key)) report(["stages", node.name, "with", ...path], message, part);
          faults.add(key);
        }
        const inputs = Object.fromEntries(
          Object.entries(node.from).map(([port, sources]) => [
            port,
            sources.flatMap((source) =>
              agreeing(steps.get(source) as Step[], axes.get(source) as string[], point, used),
            ),
          ]),
        );
        return makeStep(pipeline, node, point, params, inputs);
      }),
    );
  }
  return nodes.flatMap((node) => steps.get(node.name) as Step[]);
}

/** `name · beta = 30, seed = 0` */
function titleOf(name: string, point: Point): string {
  const values = Object.entries(point).map(([axis, value]) => `${axis} = ${value}`);
  return values.length > 0 ? `${name} · ${values.join(", ")}` : name;
}

/** The steps of a source that have the same values as `point` on the axes that both have. */
function agreeing(steps: Step[], sourceAxes: string[], point: Point, own: string[]): Step[] {
  const shared = sourceAxes.filter((name) => own.includes(name));
  const label = pointLabel(restrict(point, shared));
  return steps.filter((step) => pointLabel(restrict(step.point, shared)) === label);
}

function makeStep(
  pipeline: Pipeline,
  { name, title, definition }: Node,
  point: Point,
  params: Record<string, unknown>,
  inputs: Record<string, Step[]>,
): Step {
  const label = pointLabel(point);
  const text: PipelineText | undefined = definition.showsPipeline
    ? {
        name: pipeline.name,
        description: pipeline.description,
        source: pipeline.file.source,
        params: pipeline.params,
        matrix: pipeline.matrix.axes,
      }
    : undefined;
  const step = {
    id: label === "" ? name : `${name}@${label}`,
    stage: name,
    title,
    point,
    definition,
    params,
    inputs,
    pipeline: text,
    key: "",
    preimage: {},
  };
  return { ...step, ...keyOf(step) };
}

/**
 * The content key of a step: the hash of all that its output depends on. `failures` maps steps that failed to their messages;
 * a fan-in goes on without them, under a key of its own.
 */
export function keyOf(
  step: Pick<Step, "definition" | "params" | "inputs" | "pipeline">,
  failures: ReadonlyMap<Step, string> = new Map(),
): { key: string; preimage: unknown } {
  const { definition, params, inputs, pipeline } = step;
  // A fan-in names its inputs by stage and point, so these belong to its key; for the others the artifact is all they see.
  const describe = (source: Step) => {
    const failure = failures.get(source);
    const content = failure === undefined ? source.key : { failed: failure };
    return definition.fanIn ? { step: source.id, content } : content;
  };
  const preimage = {
    stage: definition.name,
    version: definition.version,
    params,
    inputs: Object.fromEntries(Object.entries(inputs).map(([port, sources]) => [port, sources.map(describe)])),
    ...(pipeline && { pipeline }),
  };
  return { key: createHash("sha256").update(canonicalJson(preimage)).digest("hex"), preimage };
}

/** Stages that nothing uses but figures and reports, those listed under `publish:`, and every figure and report. */
function publishedStages(pipeline: Pipeline, nodes: Node[]): Set<string> {
  const shows = (node: Node) => node.definition.output === "figure" || node.definition.output === "report";
  const used = new Set(nodes.filter((node) => !shows(node)).flatMap((node) => Object.values(node.from).flat()));
  const leaves = nodes.filter((node) => shows(node) || !used.has(node.name)).map(({ name }) => name);
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
      const known = [...new Set(steps.map(({ stage }) => stage))];
      const message = `no step "${target}"${suggestion(target, known) || `; expected one of ${known.join(", ")}`}`;
      throw configError(pipeline.file, [{ at: { line: 1, column: 1, length: 0 }, message }]);
    }
    found.forEach(add);
  }
  const named = targets.map((target) => target.replace(/@.*/, ""));
  return { pipeline, steps: steps.filter((step) => wanted.has(step)), published: new Set([...published, ...named]) };
}
