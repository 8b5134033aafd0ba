/** The stages of a pipeline with their definitions, each after those that it needs. */
import { type ArtifactKind, artifactKinds } from "../artifact/artifact.js";
import type { Port, Stage } from "../stage.js";
import { suggestion } from "../text/nearestName.js";
import { listed, shown, withArticle } from "../text/words.js";
import { adapterFor, portOf, withAdapters } from "./adapters.js";
import type { Report, StageNode } from "./node.js";
import { inOrder } from "./order.js";
import type { Pipeline, StageEntry } from "./pipeline.js";

/** The definitions of stages of other pipelines, by `<pipeline>/<stage>`. */
export type ForeignStages = ReadonlyMap<string, Stage>;

const facets = (plot: string) =>
  `, which a figure with panels replaces: uses: figure, with: { plot: ${plot}, facet: { column: <axis of the matrix> } }`;

/** What to write instead of stages of earlier versions. */
const REPLACED: Record<string, string> = {
  "compare-profiles": facets("profile"),
  "compare-barcodes": facets("barcode"),
};

/**
 * Finds the definition of each stage, inserts figures where needed, and sorts the stages. Faults of names, ports and
 * inputs, and cycles, are reported. The nodes omit faulty inputs, so that the rest can be checked.
 */
export function resolveStages(
  pipeline: Pipeline,
  stages: readonly Stage[],
  kinds: readonly string[],
  foreign: ForeignStages,
  report: Report,
): StageNode[] {
  const definitions = new Map([...definitionsOf(pipeline, stages, foreign), ...foreign]);
  const nodes = pipeline.stages.flatMap((entry): StageNode[] => {
    const definition = definitions.get(entry.name);
    if (definition === undefined) {
      const known = REPLACED[entry.uses] ?? (suggestion(entry.uses, kinds) || `; expected one of ${kinds.join(", ")}`);
      report(["stages", entry.name, "uses"], `${entry.name} uses the unknown stage "${entry.uses}"${known}`);
      return [];
    }
    checkOutput(entry, definition, report);
    const from = soundInputs(entry, definition, definitions, pipeline, stages, report);
    const clash = definition.checkPorts?.(Object.keys(entry.from));
    if (clash) {
      report(["stages", entry.name, "from", clash.port], `${entry.name}.from ${clash.message}`, "key");
    }
    checkRequired(entry, definition, definitions, pipeline, report);
    if (definition.fanIn) checkTitles(entry, report);
    return [{ ...entry, definition, from, title: entry.name }];
  });
  const known = new Set(nodes.map(({ name }) => name));
  const sound = nodes.map((node) => {
    const from = mapped(node.from, (sources) => sources.filter((source) => known.has(source) || foreign.has(source)));
    const given = pipeline.stages.find(({ name }) => name === node.name)?.from ?? {};
    const count = (inputs: Record<string, string[]>) => Object.values(inputs).flat().length;
    return { ...node, from, lacksInput: count(from) < count(given) };
  });
  return inOrder(withImpliedInputs(withAdapters(sound, definitions, stages)), report);
}

/** The nodes, with the inputs of ports that take what the other ports' inputs come from. */
function withImpliedInputs(nodes: readonly StageNode[]): StageNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return nodes.map((node) => {
    const implied = Object.entries(node.definition.inputs).filter(
      ([port, { implied }]) => implied && !Object.hasOwn(node.from, port),
    );
    if (implied.length === 0) return node;
    const before = new Set<StageNode>();
    const visit = ({ from }: StageNode): void => {
      for (const source of Object.values(from).flat()) {
        const found = byName.get(source);
        if (found === undefined || before.has(found)) continue;
        before.add(found);
        visit(found);
      }
    };
    visit(node);
    const added = implied.map(([port, { kinds }]) => {
      const fitting = nodes.filter((other) => before.has(other) && kinds.includes(other.definition.output));
      return [port, fitting.map(({ name }) => name)] as const;
    });
    return { ...node, from: { ...node.from, ...Object.fromEntries(added.filter(([, names]) => names.length > 0)) } };
  });
}

/** The definitions of stages by name, each with the kind of its output, and whether it takes many points. */
function definitionsOf(
  { stages: entries }: Pipeline,
  stages: readonly Stage[],
  foreign: ForeignStages,
): Map<string, Stage> {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const byKind = new Map(stages.map((stage) => [stage.module?.path ?? stage.name, stage]));
  const found = new Map<string, Stage>();
  const open = new Set<string>();
  const outputOf = (name: string): ArtifactKind[] => {
    const definition = foreign.get(name) ?? define(name);
    return definition ? [definition.output] : [];
  };
  const define = (name: string): Stage | undefined => {
    const known = found.get(name);
    const entry = byName.get(name);
    if (known || entry === undefined || open.has(name)) return known;
    const stage = byKind.get(entry.uses);
    if (stage === undefined) return undefined;
    open.add(name);
    const output = stage.outputOf?.(
      entry.with,
      stage.outputOf.length > 1 ? mapped(entry.from, (sources) => sources.flatMap(outputOf)) : {},
    );
    open.delete(name);
    const isFanIn = stage.fanInOf?.(entry.with) ?? (stage.fanIn === "by" ? entry.by !== undefined : stage.fanIn);
    const definition = { ...stage, ...(output && { output }), fanIn: isFanIn };
    found.set(name, definition);
    return definition;
  };
  for (const { name } of entries) define(name);
  return found;
}

function mapped<From, To>(values: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

/** Reports a stage whose parameters must state the kind of its output and do not. */
function checkOutput(entry: StageEntry, { outputOf }: Stage, report: Report): void {
  // A second parameter: the kind is that of an input, which is checked separately.
  if (outputOf === undefined || outputOf.length > 1 || outputOf(entry.with, {}) !== undefined) return;
  const { output } = entry.with;
  // The schema of the stage tells what is no kind at all.
  if (output !== undefined && !(typeof output === "string" && output.includes("${"))) return;
  const found = `${entry.name}.output is ${shown(output)}`;
  report(["stages", entry.name, "with", "output"], `${found}; expected ${listed(artifactKinds)}, written out`);
}

/** The inputs of a stage whose port and source exist and fit each other. The others are reported. */
function soundInputs(
  entry: StageEntry,
  definition: Stage,
  definitions: ReadonlyMap<string, Stage>,
  pipeline: Pipeline,
  stages: readonly Stage[],
  report: Report,
): Record<string, string[]> {
  const path = ["stages", entry.name];
  const ports = Object.keys(definition.inputs).filter((port) => port !== "*");
  const names = pipeline.stages.map(({ name }) => name);
  const sound: Record<string, string[]> = {};
  for (const [port, sources] of Object.entries(entry.from)) {
    const wanted = portOf(definition, port);
    if (wanted === undefined) {
      const known = ports.length > 0 ? `expected ${listed(ports)}` : "it takes none";
      const meant = ports.length > 1 ? suggestion(port, ports) : "";
      const message = `${entry.name} (${definition.name}) has no input "${port}"; ${known}${meant}`;
      report([...path, "from", port], message, "key");
      continue;
    }
    if (sources.length > 1 && !wanted.many) {
      report([...path, "from", port], `${entry.name}.from.${port} lists ${sources.length} stages; expected one`);
    }
    sound[port] = sources.filter((source, i) => {
      const at = [...path, "from", port, i];
      const given = definitions.get(source);
      if (given === undefined) {
        // A stage of another pipeline that has none of this name is told with that pipeline.
        if (names.includes(source) || source.includes("/")) return false;
        const known = suggestion(source, names) || `; expected ${listed(names)}`;
        report(at, `${entry.name}.from.${port} names the unknown stage "${source}"${known}`);
        return false;
      }
      if (wanted.kinds.includes(given.output) || adapterFor(wanted, given, stages)) return true;
      const found = `${entry.name}.from.${port} is "${source}", whose output is ${withArticle(given.output)}`;
      const meant = meantPort(entry, definition, port, given);
      report(at, `${found}; expected ${listed(wanted.kinds)}${meant === undefined ? "" : `, or the port "${meant}"`}`);
      return false;
    });
  }
  return sound;
}

/** Reports inputs of one name, because a stage that takes many tells them apart by their names. */
function checkTitles({ name, from }: StageEntry, report: Report): void {
  for (const [port, sources] of Object.entries(from)) {
    const titles = sources.map((source) => source.replace(/^.*\//, ""));
    for (const [i, title] of titles.entries()) {
      if (titles.indexOf(title) === i) continue;
      const isSame = sources.indexOf(sources[i]) < i;
      const found = isSame ? `lists "${title}" twice; leave one out` : `has two stages called "${title}"; rename one`;
      report(["stages", name, "from", port, i], `${name}.from.${port} ${found}`);
    }
  }
}

/** The port without an input that a stage of this kind is meant for, where a port of any name does not take it. */
function meantPort(entry: StageEntry, { inputs }: Stage, port: string, { output }: Stage): string | undefined {
  if (inputs["*"] === undefined || Object.hasOwn(inputs, port) || inputs["*"].kinds.includes(output)) return undefined;
  const fits = ([name, { kinds }]: [string, Port]) =>
    name !== "*" && !Object.hasOwn(entry.from, name) && kinds.includes(output);
  return Object.entries(inputs).find(fits)?.[0];
}

/** Reports ports that need an input and have none. */
function checkRequired(
  entry: StageEntry,
  definition: Stage,
  definitions: ReadonlyMap<string, Stage>,
  pipeline: Pipeline,
  report: Report,
): void {
  const path = ["stages", entry.name];
  const what = `${entry.name} (${definition.name})`;
  if (definition.inputs["*"] && !definition.inputs["*"].optional && Object.keys(entry.from).length === 0) {
    report(path, `${what} has no input; add from: { <any name>: <a stage> }`, "key");
  }
  // A port with a wrong name, a fault of its own, may be meant for one that lacks its input.
  const strange = Object.entries(entry.from).filter(([port, sources]) => {
    const given = definitions.get(sources[0]);
    return portOf(definition, port) === undefined || (given && meantPort(entry, definition, port, given) !== undefined);
  });
  const lacking = Object.entries(definition.inputs).filter(
    ([port, { optional }]) => port !== "*" && !optional && !Object.hasOwn(entry.from, port),
  );
  for (const [port, { kinds }] of lacking.slice(strange.length)) {
    const fits = ({ name }: StageEntry) => kinds.some((kind) => kind === definitions.get(name)?.output);
    const fitting = pipeline.stages.find(fits)?.name ?? "…";
    report(path, `${what} lacks its input "${port}" (${kinds.join(" or ")}); add from: { ${port}: ${fitting} }`, "key");
  }
}
