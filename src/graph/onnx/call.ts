import type { Tensor } from "../tensor.js";
import { isGraph, isTensor, type OnnxAttribute, type OnnxGraph, type OnnxNode } from "./graph.js";
import { staticValues, type Value } from "./value.js";

/** The translation of an operator: it computes outputs from the input values. */
export type Rule = (call: Call) => Value | readonly Value[];

/** The surroundings of a node. */
export interface Surroundings {
  readonly opset: number;
  /** The mean and variance that a batch norm uses for x, given the stored ones. */
  statistics(node: OnnxNode, x: Tensor): { mean: Tensor; variance: Tensor };
  /** The outputs of a graph within a node. */
  branch(graph: OnnxGraph): Value[];
}

/** A node with its input values. Methods that take a position count inputs from 0. */
export class Call {
  constructor(
    readonly node: OnnxNode,
    private readonly values: readonly (Value | undefined)[],
    readonly around: Surroundings,
  ) {}

  get opset(): number {
    return this.around.opset;
  }

  get count(): number {
    return this.values.length;
  }

  optional(i: number): Value | undefined {
    return this.values[i];
  }

  value(i: number): Value {
    const value = this.values[i];
    if (value === undefined) throw new Error(`its input ${i} is left out`);
    return value;
  }

  tensor(i: number): Tensor {
    return this.value(i).tensor;
  }

  /** All inputs. */
  all(): Value[] {
    return this.values.map((_, i) => this.value(i));
  }

  /** The numbers of an input that must not depend on the samples: a shape, axes, bounds. */
  numbers(i: number): number[] {
    const found = staticValues(this.tensor(i));
    if (found === undefined) {
      const what = `its input ${i} ("${this.node.inputs[i]}") depends on the samples or the weights`;
      throw new Error(`${what}; expected constant numbers`);
    }
    return Array.from(found);
  }

  optionalNumbers(i: number): number[] | undefined {
    return this.values[i] === undefined ? undefined : this.numbers(i);
  }

  has(name: string): boolean {
    return this.node.attributes[name] !== undefined;
  }

  number(name: string, fallback: number): number {
    return this.attribute(name, fallback, (value): value is number => typeof value === "number");
  }

  text(name: string, fallback: string): string {
    return this.attribute(name, fallback, (value): value is string => typeof value === "string");
  }

  list(name: string): number[] | undefined {
    const isList = (value: unknown): value is number[] => Array.isArray(value) && typeof value[0] !== "string";
    const value = this.node.attributes[name];
    return value === undefined ? undefined : this.attribute(name, [], isList);
  }

  texts(name: string): string[] | undefined {
    const isList = (value: unknown): value is string[] => Array.isArray(value) && typeof value[0] === "string";
    return this.node.attributes[name] === undefined ? undefined : this.attribute(name, [], isList);
  }

  graph(name: string): OnnxGraph {
    const value = this.node.attributes[name];
    if (value === undefined || !isGraph(value)) throw new Error(`it has no graph "${name}"`);
    return value;
  }

  tensorAttribute(name: string) {
    const value = this.node.attributes[name];
    return value !== undefined && isTensor(value) ? value : undefined;
  }

  private attribute<T extends OnnxAttribute>(name: string, fallback: T, isType: (value: unknown) => value is T): T {
    const value = this.node.attributes[name];
    if (value === undefined) return fallback;
    if (!isType(value)) throw new Error(`its attribute ${name} is of another type than expected`);
    return value;
  }
}

/** An axis counted from the front. Throws for an axis that a shape of this rank does not have. */
export function frontAxis(axis: number, rank: number): number {
  const own = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(own) || own < 0 || own >= rank) throw new Error(`a tensor of ${rank} axes has no axis ${axis}`);
  return own;
}
