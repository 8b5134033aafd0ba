import { isGraph, type OnnxAttribute, type OnnxGraph, type OnnxNode } from "./graph.js";

/** An operator that a model defines by other nodes. */
export interface OnnxFunction {
  readonly name: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
  /** Default values of attributes. */
  readonly defaults: Readonly<Record<string, OnnxAttribute>>;
}

/** Without a limit, functions that call each other could grow forever. */
const NODE_LIMIT = 1_000_000;
const DEPTH_LIMIT = 32;

/** The graph with functions expanded into their nodes. `name` begins the message when the expansion does not end. */
export function inlineFunctions(graph: OnnxGraph, functions: readonly OnnxFunction[], name: string): OnnxGraph {
  if (functions.length === 0) return graph;
  const known = new Map(functions.map((own) => [`${own.domain}.${own.name}`, own]));
  let calls = 0;
  let nodes = 0;

  function expand(list: readonly OnnxNode[], depth: number): OnnxNode[] {
    if (depth > DEPTH_LIMIT) throw new Error(`${name}: functions call each other deeper than ${DEPTH_LIMIT} levels`);
    return list.flatMap((node) => {
      if (++nodes > NODE_LIMIT) throw new Error(`${name} has more than ${NODE_LIMIT} nodes in its functions`);
      const called = known.get(`${node.domain}.${node.operator}`);
      return called ? expand(body(node, called, `${node.name || node.operator}#${++calls}`), depth + 1) : [node];
    });
  }

  return { ...graph, nodes: expand(graph.nodes, 0) };
}

/** The nodes of a function with the names and attributes of a call. Its own values get unique names. */
function body(call: OnnxNode, { inputs, outputs, nodes, defaults }: OnnxFunction, label: string): OnnxNode[] {
  const names = new Map<string, string>([["", ""]]);
  for (const [i, input] of inputs.entries()) names.set(input, call.inputs[i] ?? "");
  for (const [i, output] of outputs.entries()) if (call.outputs[i]) names.set(output, call.outputs[i]);
  const renamed = (value: string) => names.get(value) ?? `${label}/${value}`;
  const given = { ...defaults, ...call.attributes };

  function attribute(value: OnnxAttribute): OnnxAttribute | undefined {
    if (typeof value === "string" && value.startsWith("@")) return given[value.slice(1)];
    return isGraph(value) ? inner(value) : value;
  }

  /** A graph inside a node sees the names of the function. */
  function inner(graph: OnnxGraph): OnnxGraph {
    const constants = Object.entries(graph.constants).map(([key, tensor]) => [renamed(key), tensor]);
    return {
      nodes: graph.nodes.map(node),
      inputs: graph.inputs.map((input) => ({ ...input, name: renamed(input.name) })),
      outputs: graph.outputs.map(renamed),
      constants: Object.fromEntries(constants),
    };
  }

  function node(own: OnnxNode): OnnxNode {
    const attributes = Object.entries(own.attributes).map(([key, value]) => [key, attribute(value)] as const);
    return {
      ...own,
      inputs: own.inputs.map(renamed),
      outputs: own.outputs.map(renamed),
      attributes: Object.fromEntries(
        attributes.filter((entry): entry is [string, OnnxAttribute] => entry[1] !== undefined),
      ),
    };
  }

  return nodes.map(node);
}
