import { createHash } from "node:crypto";
import { sizeOf } from "./shape.js";
import { constantValues, inputOperator, isConstant, leafOperators, type Tensor, topologicalOrder } from "./tensor.js";

export type { Dtype } from "./tensor.js";

/** The input of a backend: named placeholders to feed and named results. */
export interface Program {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/**
 * A program ready for a backend. It has only the nodes that the outputs need, equal computations once, and inputs
 * before results.
 */
export interface Schedule {
  readonly order: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Orders a program, drops unneeded nodes and merges equal computations. Throws on unlisted or wrong inputs. */
export function schedule(program: Program): Schedule {
  const listed = new Set(Object.values(program.inputs));
  for (const [name, tensor] of Object.entries(program.inputs)) {
    if (tensor.operator !== inputOperator) throw new TypeError(`program input "${name}" is not an input tensor`);
    if (Object.hasOwn(program.outputs, name))
      throw new Error(`"${name}" names both an input and an output of the program`);
  }
  for (const [name, { type }] of Object.entries(program.outputs)) {
    if (type !== "real") throw new TypeError(`program output "${name}" is ${type}, expected a real tensor`);
  }
  const merged = new Map<Tensor, Tensor>();
  const unique = new Map<string, Tensor>();
  const ids = new Map<Tensor, number>();
  for (const tensor of topologicalOrder(Object.values(program.outputs))) {
    if (tensor.operator === inputOperator && !listed.has(tensor)) {
      const { name } = tensor.attributes as { name: string };
      throw new Error(`input "${name}" is used by the program but not listed among its inputs`);
    }
    const inputs = tensor.inputs.map((operand) => merged.get(operand)!);
    const key = keyOf(
      tensor,
      inputs.map((operand) => ids.get(operand)!),
    );
    const known = key === undefined ? undefined : unique.get(key);
    const canonical = known ?? (inputs.every((own, i) => own === tensor.inputs[i]) ? tensor : { ...tensor, inputs });
    merged.set(tensor, canonical);
    if (known) continue;
    ids.set(canonical, ids.size);
    if (key !== undefined) unique.set(key, canonical);
  }
  const outputs = Object.entries(program.outputs).map(([name, tensor]) => [name, merged.get(tensor)!]);
  return { order: [...ids.keys()], outputs: Object.fromEntries(outputs) };
}

const COMMUTATIVE = new Set(["add", "mul", "equal"]);

/** Larger constants, such as samples, are compared by identity only. The matrices of an interpolation are smaller. */
const COMPARED_SIZE = 2 ** 16;

/** Equal keys mean equal values. */
function keyOf(tensor: Tensor, inputs: number[]): string | undefined {
  if (tensor.operator === inputOperator || tensor.operator === leafOperators.data) return undefined;
  if (isConstant(tensor)) {
    if (sizeOf(tensor.shape) > COMPARED_SIZE) return undefined;
    const values = constantValues(tensor);
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    return `constant [${tensor.shape}] ${createHash("sha256").update(bytes).digest("base64")}`;
  }
  if (COMMUTATIVE.has(tensor.operator.name)) inputs.sort((a, b) => a - b);
  return `${tensor.operator.name} ${inputs} ${JSON.stringify(tensor.attributes)}`;
}
