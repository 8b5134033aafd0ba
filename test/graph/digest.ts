import { sizeOf } from "../../src/graph/shape.js";
import { constant, type Tensor } from "../../src/graph/tensor.js";
import { run } from "./run.js";

/** sin 1, sin 2, … in a shape: numbers that other programs can be given without a file. */
export function sines(...shape: number[]): Tensor {
  return constant(
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i + 1)),
    shape,
  );
}

/** Three numbers that stand for a tensor: its second element, the sum, and the sum weighted by cos 0, cos 1, … */
export async function digest(tensor: Tensor): Promise<number[]> {
  const { values } = await run({ inputs: {}, outputs: { values: tensor } });
  const sum = values.reduce((total, value) => total + value, 0);
  return [values[1], sum, values.reduce((total, value, i) => total + value * Math.cos(i), 0)];
}
