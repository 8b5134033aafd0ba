import { type Artifact, artifact, numbers, rowCount } from "../src/artifact/artifact.js";
import { type RefineOptions, refineGrid } from "../src/landscape/refineGrid.js";
import type { Stage } from "../src/stage.js";
import { lossFacts } from "./inputs/lossFacts.js";
import { coefficientColumns, type LossOnSpan, lossesAt, lossOnSpan, type SpanOptions } from "./inputs/lossOnSpan.js";
import type { LossOptions } from "./inputs/trainedModel.js";

export const refineStage: Stage<RefineOptions & LossOptions> = {
  name: "refine",
  version: 1,
  inputs: {
    model: { kinds: ["model"] },
    directions: { kinds: ["directions"] },
    grid: { kinds: ["grid"] },
    data: { kinds: ["dataset"], optional: true },
  },
  output: "points",
  async run(context) {
    const { params, input, progress, shared } = context;
    const grid = input("grid");
    const axes = axesOf(grid, rowCount(input("directions")));
    const { unit, dtype } = grid.metadata as unknown as SpanOptions;
    const onSpan = await shared(() =>
      lossOnSpan(context, { unit, dtype, statistics: params.statistics, batchSize: params.batchSize }),
    );
    const losses = numbers(grid, "loss");
    await requireSameLoss(onSpan, axes, losses);

    let done = 0;
    const lossAt = async (coefficients: Float64Array) => {
      const count = coefficients.length / axes.length;
      const some = (start: number, size: number) =>
        coefficients.subarray(start * axes.length, (start + size) * axes.length);
      const told = (fraction: number | undefined) =>
        progress(undefined, { done: done + Math.round(count * (fraction ?? 0)), unit: "points" });
      const { loss } = await lossesAt(onSpan, count, some, told);
      done += count;
      return loss;
    };
    const { coordinates, losses: all, level, subdivided } = await refineGrid({ axes, losses }, lossAt, params);
    const points = artifact("points", { loss: all, ...coefficientColumns(coordinates, axes.length), level });
    const { nonFinite, ...facts } = lossFacts(all);
    const { labels } = grid.metadata;
    const names = axes.map((_, axis) => `a${axis + 1}`);
    const metadata = { coordinates: names, labels, unit, dtype, subdivided, ...params, nonFinite };
    return { ...points, metadata, summary: { ...facts, refined: done, nonFinite } };
  },
};

/** The coordinates along each axis of a grid, from its columns. */
function axesOf({ columns, metadata }: Artifact, directions: number): Float64Array[] {
  const { shape, unit, dtype } = metadata as { shape: number[]; unit?: string; dtype?: string };
  if ((unit !== "direction" && unit !== "relative") || dtype === undefined) {
    throw new Error(`the grid's unit is ${unit}; refine samples on, so it needs a grid that sample-grid made`);
  }
  if (shape.length !== directions) {
    throw new Error(`the grid has ${shape.length} axes, but there are ${directions} directions; expected one for each`);
  }
  let stride = 1;
  return shape.map((length, axis) => {
    const column = columns[`a${axis + 1}`] as Float64Array;
    const step = stride;
    stride *= length;
    return Float64Array.from({ length }, (_, i) => column[i * step]);
  });
}

/** Throws unless the model and the directions give the loss of the grid's first vertex, up to rounding. */
async function requireSameLoss({ at }: LossOnSpan, axes: Float64Array[], losses: Float64Array): Promise<void> {
  const [found] = (await at(Float64Array.from(axes, ([first]) => first))).loss;
  const isSame = Number.isFinite(losses[0]) ? Math.abs(found - losses[0]) <= 1e-3 * Math.abs(losses[0]) : true;
  if (isSame) return;
  throw new Error(
    `the grid's first loss is ${losses[0]}, but this model and these directions give ${found} there; ` +
      "expected the model and the directions that the grid was sampled with",
  );
}
