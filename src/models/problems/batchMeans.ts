import type { Values } from "../../graph/backend.js";
import { input } from "../../graph/functions.js";
import type { Dtype } from "../../graph/program.js";
import type { CompiledPrograms } from "./compiledPrograms.js";
import type { LossFunction } from "./lossFunction.js";
import type { LossProgram } from "./lossPrograms.js";

type Results = Record<string, Float64Array>;

/** Runs programs on all mini-batches of a loss. */
export interface BatchMeans {
  /** Numbers in the element type of the computation. */
  converted(values: Values): Values;
  /**
   * The weighted mean over the mini-batches of the results of a program; `each` is told the results of each one. A
   * program is known by its name.
   */
  over(
    name: string,
    program: LossProgram,
    feeds: Record<string, Values>,
    each?: (results: Results, weight: number) => void,
  ): Promise<Results>;
}

export function batchMeans(
  batches: LossFunction["batches"],
  dtype: Dtype,
  { compiled }: Pick<CompiledPrograms, "compiled">,
): BatchMeans {
  const isFitting = (values: Values) => values instanceof (dtype === "f32" ? Float32Array : Float64Array);
  const converted = (values: Values) => (dtype === "f32" ? Float32Array.from(values) : Float64Array.from(values));
  const fitted = (all: Record<string, Values>) =>
    Object.fromEntries(Object.entries(all).map(([name, own]) => [name, isFitting(own) ? own : converted(own)]));
  const data = batches.map(({ weight, feeds }) => ({
    weight,
    values: fitted(Object.fromEntries(Object.entries(feeds).map(([name, { values }]) => [name, values]))),
    shapes: Object.entries(feeds).map(([name, { shape }]) => [name, shape] as const),
  }));
  return {
    converted,
    async over(name, program, feeds, each = () => {}) {
      const mean: Results = {};
      const fixed = fitted(feeds);
      for (const { weight, values, shapes } of data) {
        const executable = await compiled(`${name} ${JSON.stringify(shapes)}`, () => {
          const fed = Object.fromEntries(shapes.map(([feed, shape]) => [feed, input(feed, shape)]));
          const { inputs, outputs } = program(fed);
          return { inputs: { ...inputs, ...fed }, outputs };
        });
        const results = await executable.run({ ...fixed, ...values });
        each(results, weight);
        if (data.length === 1) return results;
        for (const [output, result] of Object.entries(results)) {
          mean[output] ??= new Float64Array(result.length);
          for (let i = 0; i < result.length; i++) mean[output][i] += weight * result[i];
        }
      }
      return mean;
    },
  };
}

/** Runs something over rows, `most` at a time and the rest one by one, and joins the results. */
export async function inRuns(
  rows: Float64Array,
  width: number,
  most: number,
  run: (rows: Float64Array, count: number) => Promise<Results>,
): Promise<Results> {
  const total = rows.length / width;
  const joined: Results = {};
  for (let start = 0, count: number; start < total; start += count) {
    count = total - start >= most ? most : 1;
    const results = await run(rows.subarray(start * width, (start + count) * width), count);
    for (const [name, values] of Object.entries(results)) {
      joined[name] ??= new Float64Array(total);
      joined[name].set(values, start);
    }
  }
  return joined;
}
