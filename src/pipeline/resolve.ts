/** The stages of a pipeline with their definitions, in an order in which each comes after what it needs. */
import { artifactKinds } from "../artifact/artifact.js";
import type { Point, Port, Stage } from "../stage.js";
import type { Path } from "../text/fault.js";
import { suggestion } from "../text/nearestName.js";
import { listed, shown } from "../text/words.js";
import { type Pipeline, type StageEntry, valuesAt } from "./config.js";
import { mentions } from "./matrix.js";

/** A stage of the file, or one put in by itself to draw an artifact for a port that takes figures. */
export interface StageNode extends StageEntry {
  definition: Stage;
  title: string;
  inserted?: boolean;
}

export type Report = (path: Path, message: string, part?: "key" | "value") => void;

/**
 * Finds each stage's definition, puts figures where they are wanted, and sorts the stages. Whatever is wrong with names, ports and
 * inputs, or a cycle, is reported; then the result is undefined.
 */
export function resolveStages(
  pipeline: Pipeline,
  stages: readonly Stage[],
  kinds: readonly string[],
  report: Report,
): StageNode[] | undefined {
  let faults = 0;
  const count: Report = (...fault) => {
    faults++;
    report(...fault);
  };
  const nodes = namedStages(pipeline, stages, kinds, count);
  if (faults > 0) return undefined;
  const ordered = inOrder(withAdapters(nodes, stages), count);
  return faults > 0 ? undefined : ordered;
}

/** The definition of a stage, with the kind of its output where its parameters say that. */
export function definitionOf({ uses, with: params }: StageEntry, stages: readonly Stage[]): Stage | undefined {
  const found = stages.find(({ name, module }) => (module?.path ?? name) === uses);
  return found?.outputOf ? { ...found, output: found.outputOf(params) ?? found.output } : found;
}

/** The first value of every axis. */
export function firstPoint({ matrix }: Pipeline): Point {
  return Object.fromEntries(Object.entries(matrix.axes).map(([name, [first]]) => [name, first]));
}

/** Finds each stage's definition and checks its names: kind, ports, sources, `${…}`. */
function namedStages(
  pipeline: Pipeline,
  stages: readonly Stage[],
  kinds: readonly string[],
  report: Report,
): StageNode[] {
  const definitions = new Map(pipeline.stages.map((entry) => [entry, definitionOf(entry, stages)]));
  const entries = new Map(pipeline.stages.map((entry) => [entry.name, entry]));
  const names = valuesAt(pipeline, firstPoint(pipeline));
  const values = [...names.keys()];
  const nodes: StageNode[] = [];
  for (const entry of pipeline.stages) {
    const path = ["stages", entry.name];
    const definition = definitions.get(entry);
    if (definition === undefined) {
      const known = suggestion(entry.uses, kinds) || `; expected one of ${kinds.join(", ")}`;
      report([...path, "uses"], `${entry.name} uses the unknown stage "${entry.uses}"${known}`);
      continue;
    }
    nodes.push({ ...entry, definition, title: entry.name });
    if (definition.outputOf && definition.outputOf(entry.with) === undefined) {
      const message = `${entry.name}.output is ${shown(entry.with.output)}; expected ${listed(artifactKinds)}, written out`;
      report([...path, "with", "output"], message);
    }
    for (const { name, path: below, isWhole } of mentions(entry.with)) {
      if (names.has(name)) {
        if (!isWhole && typeof names.get(name) === "object") {
          const message = `${entry.name} has "\${${name}}" inside a text, and it is ${shown(names.get(name))}; expected a single value`;
          report([...path, "with", ...below], message);
        }
        continue;
      }
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
          const known = `; expected ${listed([...entries.keys()])}`;
          report(
            at,
            `${entry.name}.from.${port} names the unknown stage "${source}"${suggestion(source, entries.keys()) || known}`,
          );
          continue;
        }
        const given = definitions.get(from);
        if (given === undefined || wanted.kinds.includes(given.output) || adapterFor(wanted, given, stages)) continue;
        report(
          at,
          `${entry.name}.from.${port} is "${source}", whose output is a ${given.output}; expected ${listed(wanted.kinds)}`,
        );
      }
    }
    const clash = definition.checkPorts?.(Object.keys(entry.from));
    if (clash) report([...path, "from", clash.port], `${entry.name}.from ${clash.message}`, "key");
    if (definition.inputs["*"] && !definition.inputs["*"].optional && Object.keys(entry.from).length === 0) {
      report(path, `${entry.name} (${definition.name}) has no input; add from: { <any name>: <a stage> }`, "key");
    }
    for (const port of ports) {
      const { optional, kinds } = definition.inputs[port];
      if (optional || Object.hasOwn(entry.from, port)) continue;
      const fitting = pipeline.stages.filter((other) => kinds.some((kind) => kind === definitions.get(other)?.output));
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

/** The stage that turns what `given` yields into something that the port takes. */
function adapterFor(port: Port, given: Stage, stages: readonly Stage[]): Stage | undefined {
  if (given.output === "table" && !given.drawn) return undefined;
  return stages.find(
    (stage) => stage.adapter && port.kinds.includes(stage.output) && stage.inputs["*"]?.kinds.includes(given.output),
  );
}

/** Puts an adapter (a figure) between a port that takes figures and a stage that yields something that can be drawn. */
function withAdapters(nodes: StageNode[], stages: readonly Stage[]): StageNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const added = new Map<string, StageNode>();
  const changed = nodes.map((node) => {
    const from = Object.entries(node.from).map(([port, sources]) => {
      const wanted = portOf(node.definition, port) as Port;
      const adapted = sources.map((source) => {
        const given = byName.get(source)?.definition;
        if (given === undefined || wanted.kinds.includes(given.output)) return source;
        const definition = adapterFor(wanted, given, stages) as Stage;
        const name = `${source}:${definition.name}`;
        added.set(name, {
          name,
          title: source,
          uses: definition.name,
          with: {},
          folder: "",
          from: { [given.output]: [source] },
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
function inOrder(nodes: StageNode[], report: Report): StageNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const ordered = new Set<StageNode>();
  const edgesOf = ({ from }: StageNode) =>
    Object.entries(from).flatMap(([port, sources]) => sources.map((source, i) => ({ port, i, source })));
  // Depth first, without recursion: a chain may have thousands of stages.
  const trail: { node: StageNode; edges: ReturnType<typeof edgesOf> }[] = [];
  const open = new Set<StageNode>();
  const enter = (node: StageNode) => {
    open.add(node);
    trail.push({ node, edges: edgesOf(node).reverse() });
  };
  for (const start of nodes) {
    if (!ordered.has(start)) enter(start);
    for (let top = trail.at(-1); top; top = trail.at(-1)) {
      const { node, edges } = top;
      const edge = edges.pop();
      if (edge === undefined) {
        trail.pop();
        open.delete(node);
        ordered.add(node);
        continue;
      }
      const { port, i, source } = edge;
      const needed = byName.get(source) as StageNode;
      if (open.has(needed)) {
        const names = trail.map((step) => step.node.name);
        const cycle = [...names.slice(names.indexOf(source)), source].reverse();
        const message = `a cycle: ${cycle.join(" → ")}; a stage cannot need its own output`;
        report(["stages", node.name, "from", port, i], message);
        return [];
      }
      if (!ordered.has(needed)) enter(needed);
    }
  }
  return [...ordered];
}
