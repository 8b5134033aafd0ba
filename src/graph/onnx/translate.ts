import { expandOperator } from "../operators/broadcast.js";
import { sizeOf } from "../shape.js";
import { constant, isConstant } from "../tensor.js";
import { Call, type Surroundings } from "./call.js";
import { type OnnxGraph, type OnnxNode, tensorValues } from "./graph.js";
import { rules } from "./rules.js";
import { staticValues, type Value } from "./value.js";

/** Constant results with up to this many elements are computed once, during translation. */
const FOLD_LIMIT = 2 ** 22;

/**
 * An ONNX graph in the graph's own operators, so that it can be differentiated. Its outputs are computed from the
 * `given` values by name (inputs of samples, parameters). Every shape is known; values that depend only on shapes
 * become constants.
 *
 * @throws Error that names the node, for operators that are not supported and inputs that do not fit.
 */
export function translate(
  graph: OnnxGraph,
  given: ReadonlyMap<string, Value>,
  around: Omit<Surroundings, "branch">,
): Value[] {
  const values = new Map<string, Value>(given);

  function constantNamed(own: OnnxGraph, name: string): Value | undefined {
    const tensor = Object.hasOwn(own.constants, name) ? own.constants[name] : undefined;
    if (tensor === undefined) return undefined;
    const value = { tensor: constant(tensorValues(tensor), tensor.shape), kind: tensor.kind };
    values.set(name, value);
    return value;
  }

  function run(own: OnnxGraph): Value[] {
    const surroundings: Surroundings = { ...around, branch: run };
    const lookUp = (name: string) => values.get(name) ?? constantNamed(own, name);
    for (const node of neededNodes(own)) {
      const inputs = node.inputs.map((name, i) => {
        // The caller provides the statistics of batch norms.
        if (name === "" || (node.operator === "BatchNormalization" && i > 2)) return undefined;
        const value = lookUp(name);
        if (value === undefined) throw new Error(`${nodeLabel(node)}: there is no value "${name}"`);
        return value;
      });
      const results = resultsOf(new Call(node, inputs, surroundings));
      for (const [i, name] of node.outputs.entries())
        if (name !== "" && results[i]) values.set(name, folded(results[i]));
    }
    return own.outputs.map((name) => {
      const value = lookUp(name);
      if (value === undefined) throw new Error(`the graph's output "${name}" has no value`);
      return value;
    });
  }

  return run(graph);
}

function resultsOf(call: Call): readonly Value[] {
  const { node } = call;
  const rule = ruleOf(node);
  if (rule === undefined) throw new Error(`${nodeLabel(node)} ${unsupported(node)}`);
  try {
    const results = rule(call);
    return "tensor" in results ? [results] : results;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("node ")) throw error;
    throw new Error(`${nodeLabel(node)}: ${(error as Error).message}`, { cause: error });
  }
}

function ruleOf({ domain, operator }: OnnxNode) {
  const own = domain === "" || domain === "com.microsoft" ? rules[operator] : undefined;
  return Object.hasOwn(rules, operator) ? own : undefined;
}

function unsupported({ domain, operator }: OnnxNode): string {
  const what = domain === "" ? operator : `${domain}.${operator}`;
  return `uses the operator ${what}, which is not supported; supported are ${Object.keys(rules).sort().join(", ")}`;
}

const nodeLabel = ({ name, operator, outputs }: OnnxNode) => `node "${name || outputs[0]}" (${operator})`;

/** The operators of a graph without a translation, each with a node that uses it. */
export function unsupportedNodes(graph: OnnxGraph): string[] {
  const found = new Map<string, string>();
  for (const node of neededNodes(graph)) {
    const key = `${node.domain}.${node.operator}`;
    if (ruleOf(node) === undefined && !found.has(key)) found.set(key, `${nodeLabel(node)} ${unsupported(node)}`);
  }
  return [...found.values()];
}

/** The nodes that the outputs depend on, in order. */
export function neededNodes({ nodes, outputs }: OnnxGraph): OnnxNode[] {
  const needed = new Set<string>(outputs);
  const kept: OnnxNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    kept.push(node);
    for (const name of node.inputs) needed.add(name);
    for (const name of innerNames(node)) needed.add(name);
  }
  return kept.reverse();
}

/** The names that graphs inside a node refer to. */
function innerNames({ attributes }: OnnxNode): string[] {
  return Object.values(attributes).flatMap((value) =>
    typeof value === "object" && "nodes" in value
      ? [...value.outputs, ...value.nodes.flatMap((node) => [...node.inputs, ...innerNames(node)])]
      : [],
  );
}

/** A value that depends only on constants, as a constant. A repeated number stays a repeated number. */
function folded(value: Value): Value {
  const { tensor, kind } = value;
  if (isConstant(tensor) || tensor.operator === expandOperator || sizeOf(tensor.shape) > FOLD_LIMIT) return value;
  const values = staticValues(tensor);
  return values === undefined ? value : { tensor: constant(values, tensor.shape), kind };
}
