import { type Artifact, numbers, rowCount } from "../src/artifact/artifact.js";
import { type RefineOptions, refineGrid } from "../src/landscape/refineGrid.js";
import type { Outlook, Stage } from "../src/stage.js";
import type { Fault } from "../src/text/fault.js";
import { gridAxes, gridFacts } from "./artifacts/grid.js";
import { lossFacts } from "./artifacts/lossFacts.js";
import { pointsArtifact } from "./artifacts/points.js";
import { coefficientColumns, type LossOnSpan, lossOnSpan } from "./inputs/lossOnSpan.js";
import { lossSampler } from "./inputs/lossSampler.js";
import { sampledAhead } from "./inputs/modelAhead.js";
import type { LossOptions } from "./inputs/modelAtPorts.js";
import { checkLossData, checkSpan, directionCount, pointsOutlook } from "./outlooks/losses.js";

/** More samples need a grid that was sampled, with an axis for each direction. */
function checkSampled({ uses, dimensions, stage }: Outlook, directions: number | undefined): Fault[] {
  const path = ["from", "grid"];
  if (uses === "import-grid") {
    return [{ path, message: `${stage} was sampled by another tool; refine needs a grid from sample-grid` }];
  }
  if (dimensions === undefined || directions === undefined || dimensions === directions) return [];
  return [{ path, message: `${stage} has ${dimensions} axes, but there are ${directions} directions` }];
}

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
  checkInputs: (params, inputs) => [
    ...checkLossData(inputs, params),
    ...checkSpan(inputs, {}),
    ...checkSampled(inputs.grid[0], directionCount(inputs)),
  ],
  outlook({ points }, inputs) {
    const names = { ...sampledAhead(false, undefined), columns: ["loss", "a*", "level"] };
    const grid = inputs.grid[0].amount;
    if (grid === undefined) return names;
    return { ...names, ...pointsOutlook(grid + points, directionCount(inputs) ?? 1, "points") };
  },
  async run(context) {
    const { params, input, shared } = context;
    const grid = input("grid");
    const { unit, dtype, labels } = sampledGrid(grid, rowCount(input("directions")));
    const axes = gridAxes(grid);
    const onSpan = await shared(() =>
      lossOnSpan(context, { unit, dtype, statistics: params.statistics, batchSize: params.batchSize }),
    );
    const losses = numbers(grid, "loss");
    await requireSameLoss(onSpan, axes, losses);

    let done = 0;
    const sample = lossSampler(onSpan, context);
    const lossAt = async (coefficients: Float64Array) => {
      const count = coefficients.length / axes.length;
      const some = (start: number, size: number) =>
        coefficients.subarray(start * axes.length, (start + size) * axes.length);
      const { loss } = await sample(count, some);
      done += count;
      return loss;
    };
    const { coordinates, losses: all, level, subdivided } = await refineGrid({ axes, losses }, lossAt, params);
    const { nonFinite, ...facts } = lossFacts(all);
    const names = axes.map((_, axis) => `a${axis + 1}`);
    const metadata = { coordinates: names, labels, unit, dtype, subdivided, ...params, nonFinite };
    const coefficients = coefficientColumns(coordinates, axes.length);
    return pointsArtifact(all, coefficients, { level }, metadata, { ...facts, refined: done, nonFinite });
  },
};

/**
 * The sampling parameters of a grid. Throws Error for a grid that sample-grid did not make, or not along these
 * directions.
 */
function sampledGrid(grid: Artifact, directions: number) {
  const { shape, unit, dtype, labels } = gridFacts(grid);
  if ((unit !== "direction" && unit !== "relative") || dtype === undefined) {
    throw new Error(`the grid's unit is ${unit}; refine takes more samples, so it needs a grid from sample-grid`);
  }
  if (shape.length !== directions) {
    throw new Error(
      `the grid has ${shape.length} axes, but there are ${directions} directions; expected one direction per axis`,
    );
  }
  return { unit, dtype, labels };
}

/** Throws an error unless the model and the directions give the loss of the grid's first vertex, up to rounding. */
async function requireSameLoss({ at }: LossOnSpan, axes: Float64Array[], losses: Float64Array): Promise<void> {
  const [found] = (await at(Float64Array.from(axes, ([first]) => first))).loss;
  const isSame = Number.isFinite(losses[0]) ? Math.abs(found - losses[0]) <= 1e-3 * Math.abs(losses[0]) : true;
  if (isSame) return;
  throw new Error(
    `the grid's first loss is ${losses[0]}, but this model and these directions give ${found} there; ` +
      "expected the model and the directions of the grid",
  );
}
