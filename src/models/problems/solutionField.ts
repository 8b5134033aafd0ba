import { jvp } from "../../graph/differentiate.js";
import * as f from "../../graph/functions.js";
import { directionalDerivatives } from "../../graph/taylor.js";
import type { Column, Points } from "./pinn.js";
import { type Derivative, type SolutionNames, totalOrder } from "./solutionNames.js";

/** A network: outputs [P, outputs, N] at the columns of `inputs` [V, N], one row per variable. */
export type SolutionNetwork = (theta: f.Tensor, inputs: f.Tensor) => f.Tensor;

/** A solution and its derivatives at one or more lists of points, evaluated together. */
export interface SolutionField {
  /** An output or a derivative of it, [P, 1, N] for each list. */
  value(of: Derivative): f.Tensor[];
  /** The derivative of the only output along a direction, which has an entry for each variable. */
  along(direction: readonly number[]): f.Tensor[];
}

/** The field of a network. `takes` are all derivatives that will be asked for. */
export function solutionField(
  network: SolutionNetwork,
  theta: f.Tensor,
  { variables, outputs }: SolutionNames,
  { at, takes }: { at: readonly Points<Column>[]; takes: readonly Derivative[] },
): SolutionField {
  const counts = at.map((list) => countOf(list[variables[0]]));
  const inputs = inputsAt(at, variables);
  // One tangent, repeated for every point, so that the tangent of the first layer is computed for a single column.
  const tangent = (direction: readonly number[]) =>
    f.expand(f.constant(direction, [variables.length, 1]), inputs.shape);
  const axis = (i: number) => tangent(variables.map((_, k) => (k === i ? 1 : 0)));
  const derivative = (of: f.Tensor, towards: f.Tensor) => jvp([of], [inputs], [towards])[0];

  const known = new Map([[variables.map(() => 0).join(), network(theta, inputs)]]);
  const isLow = takes.every((taken) => totalOrder(taken) <= 2);
  const whole = (orders: readonly number[]): f.Tensor => {
    const found = known.get(orders.join());
    if (found) return found;
    const last = orders.findLastIndex((order) => order > 0);
    const up = (order: number) => orders.with(last, order);
    if (isLow) {
      const made = derivative(whole(up(orders[last] - 1)), axis(last));
      known.set(orders.join(), made);
      return made;
    }
    // One series for all derivatives that are taken along this axis.
    const alike = takes.filter((taken) => taken.orders.slice(0, last).every((order, i) => order === orders[i]));
    const highest = Math.max(...[orders, ...alike.map((taken) => taken.orders)].map((all) => all[last]));
    const series = directionalDerivatives(whole(up(0)), inputs, axis(last), highest);
    for (const [i, made] of series.entries()) known.set(up(i + 1).join(), made);
    return series[orders[last] - 1];
  };
  const split = (tensor: f.Tensor) => {
    let start = 0;
    return counts.map((count) => f.slice(tensor, 2, start, (start += count)));
  };
  const rowOf = (tensor: f.Tensor, output: string) => {
    const row = outputs.indexOf(output);
    return outputs.length > 1 ? f.slice(tensor, 1, row, row + 1) : tensor;
  };
  const zero = variables.map(() => 0);
  return {
    value: ({ output, orders }) => split(rowOf(whole(orders), output)),
    along: (direction) => split(derivative(whole(zero), tangent(direction))),
  };
}

const countOf = (column: Column) => (column instanceof Float64Array ? column.length : column.shape[0]);

/** The points of all lists as the network takes them, [V, N]. */
function inputsAt(at: readonly Points<Column>[], variables: readonly string[]): f.Tensor {
  const columns = variables.flatMap((name) => at.map((list) => list[name]));
  const numbers = columns.filter((column) => column instanceof Float64Array);
  const shape = [variables.length, at.reduce((sum, list) => sum + countOf(list[variables[0]]), 0)];
  if (numbers.length === columns.length) {
    return f.data(
      numbers.flatMap((column) => [...column]),
      shape,
    );
  }
  const tensors = columns.map((column) => asTensor(column));
  return f.reshape(tensors.length > 1 ? f.concat(tensors, 0) : tensors[0], shape);
}

/** A column [N] as a tensor. */
export const asTensor = (column: Column): f.Tensor => (column instanceof Float64Array ? f.constant(column) : column);
