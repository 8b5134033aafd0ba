/** Inserts figures automatically, between a port that takes figures and a stage whose output can be drawn. */
import type { Port, Stage } from "../stage.js";
import type { StageNode } from "./node.js";

/** The stage that turns the output of `given` into an artifact that the port takes. */
export function adapterFor(port: Port, given: Stage, stages: readonly Stage[]): Stage | undefined {
  if (given.output === "table" && !given.drawn) return undefined;
  return stages.find(
    (stage) => stage.adapter && port.kinds.includes(stage.output) && stage.inputs["*"]?.kinds.includes(given.output),
  );
}

/** The nodes with an adapter before each input that needs one, and the adapters. */
export function withAdapters(
  nodes: readonly StageNode[],
  definitions: ReadonlyMap<string, Stage>,
  stages: readonly Stage[],
): StageNode[] {
  const added = new Map<string, StageNode>();
  const adapted = (source: string, wanted: Port): string => {
    const given = definitions.get(source) as Stage;
    if (wanted.kinds.includes(given.output)) return source;
    const definition = adapterFor(wanted, given, stages) as Stage;
    const name = `${source}:${definition.name}`;
    added.set(name, {
      name,
      title: source.replace(/^.*\//, ""),
      uses: definition.name,
      with: {},
      folder: "",
      from: { [given.output]: [source] },
      definition: { ...definition, fanIn: false },
      inserted: true,
    });
    return name;
  };
  const changed = nodes.map((node) => {
    const from = Object.entries(node.from).map(([port, sources]) => {
      const wanted = portOf(node.definition, port) as Port;
      return [port, sources.map((source) => adapted(source, wanted))] as const;
    });
    return { ...node, from: Object.fromEntries(from) };
  });
  return [...changed, ...added.values()];
}

/** The input of a stage at a port. "*" stands for a port of any name. */
export function portOf({ inputs }: Stage, port: string): Port | undefined {
  if (Object.hasOwn(inputs, port) && port !== "*") return inputs[port];
  return inputs["*"];
}
