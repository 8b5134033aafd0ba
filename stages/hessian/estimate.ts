import { traceEstimate } from "../../src/landscape/trace.js";
import { density } from "./density.js";
import { eigenvalues } from "./eigenvalues.js";
import { gradient } from "./gradient.js";
import type { Estimate, HessianParams, Operator, Task } from "./tasks.js";

/** One quantity of one block. */
export async function estimate(task: Task, operator: Operator, params: HessianParams): Promise<Estimate> {
  switch (task.quantity) {
    case "top":
    case "bottom":
      return eigenvalues(operator, task.quantity, task.count, task.block.name, params);
    case "trace":
      return trace(operator, task.options, params.dtype);
    case "density":
      return density(operator, task.options, params.dtype);
    case "gradient":
      return gradient(operator, task.count, params);
    default:
      return task satisfies never;
  }
}

async function trace(
  { multiply, size, seed, hooks }: Operator,
  options: Exclude<HessianParams["trace"], false>,
  dtype: HessianParams["dtype"],
) {
  const rounding = dtype === "f32" ? 2 ** -23 : 2 ** -52;
  const found = await traceEstimate(multiply, size, { ...options, seed, rounding, hooks });
  const { trace, standardError, products: _, ...facts } = found;
  return {
    rows: [{ quantity: "trace", position: [1], value: [trace], error: [standardError] }],
    facts: { ...options, ...facts },
  };
}
