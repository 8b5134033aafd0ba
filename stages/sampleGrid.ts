import { type Artifact, concatenate, numbers, rowCount } from "../src/artifact/artifact.js";
import { formatNumber } from "../src/figures/numbers.js";
import { type GridPoints, gridPoints } from "../src/landscape/gridPoints.js";
import { lineShape } from "../src/landscape/lineShape.js";
import { pieceCount, pieceRange } from "../src/landscape/pieces.js";
import type { RiseRange } from "../src/landscape/riseRange.js";
import type { Releasable, Stage, StageContext } from "../src/stage.js";
import { directionLabels } from "./artifacts/directions.js";
import { gridArtifact, gridAxes, gridFacts, gridSummary } from "./artifacts/grid.js";
import {
  AUTO_RISE,
  type FoundRange,
  isFound,
  perAxis,
  type Range,
  rangePairs,
  rangeProblems,
} from "./inputs/axisRanges.js";
import type { LossOnSpan, SpanOptions } from "./inputs/lossOnSpan.js";
import { sampledAhead } from "./inputs/modelAhead.js";
import { checkLossData, checkSpan, checkTerms, directionCount, pointsOutlook, spanOf } from "./outlooks/losses.js";

interface Params extends SpanOptions {
  steps: number | number[];
  range: Range | FoundRange;
  terms: boolean;
}

/** The state that the pieces in one thread share: the compiled loss, and the grid to sample. */
interface Sampling extends Releasable {
  onSpan: LossOnSpan;
  grid: GridPoints;
  /** The reach of an automatic range, for each axis. */
  found?: RiseRange[];
}

export const sampleGridStage: Stage<Params> = {
  name: "sample-grid",
  version: 2,
  inputs: {
    model: { kinds: ["model"] },
    directions: { kinds: ["directions"] },
    data: { kinds: ["dataset"], optional: true },
  },
  output: "grid",
  outlook({ steps, terms, unit }, inputs) {
    const names = { ...sampledAhead(terms, inputs.model[0]), span: spanOf(inputs, unit) };
    const counts = [steps].flat();
    const axes = directionCount(inputs) ?? (counts.length > 1 ? counts.length : undefined);
    if (axes === undefined) return names;
    const amount = counts.length > 1 ? counts.reduce((product, n) => product * n, 1) : counts[0] ** axes;
    return { ...names, ...pointsOutlook(amount, axes, "steps") };
  },
  checkInputs(params, inputs) {
    const { steps, range } = params;
    const lengths = { steps: [steps].flat().length, range: isFound(range) ? 1 : rangePairs(range).length };
    return [...checkLossData(inputs, params), ...checkSpan(inputs, lengths), ...checkTerms(params, inputs.model[0])];
  },
  check({ steps, range }) {
    if (isFound(range)) return [];
    const problems = rangeProblems(range);
    if (problems.length > 0) return problems;
    const [counts, pairs] = [[steps].flat().length, rangePairs(range).length];
    if (counts === 1 || pairs === 1 || counts === pairs) return [];
    return [{ path: ["range"], message: `has ${pairs} pairs, but steps has ${counts} numbers` }];
  },
  // The ends of the axes do not change their number of points.
  parts: (context) => pieceCount(gridOn(context, [[-1, 1]]).size),
  async run(context) {
    const { params, part, shared } = context;
    const { lossSampler } = await import("./inputs/lossSampler.js");
    const { onSpan, grid, found } = await shared(() => sampling(context));
    const { start, end } = pieceRange(grid.size, part);
    if (part.index === 0) tellMissedModel(grid, context);
    const coefficientsOf = (from: number, count: number) => grid.coordinatesOf(start + from, count);
    const { loss, ...terms } = await lossSampler(onSpan, context, end - start)(end - start, coefficientsOf);
    const piece = gridArtifact(loss, grid.axes, factsOf(context, found), start);
    const whole = { ...piece, columns: { ...piece.columns, ...(params.terms && terms) } };
    if (end - start === grid.size) sayShapes(whole, context);
    return whole;
  },
  join(pieces, context): Artifact {
    const joined = concatenate(pieces);
    const { extent, reach } = gridFacts(pieces[0]);
    const grid = gridOn(
      context,
      extent.map(([low, high]) => [low, high]),
    );
    const facts = { ...factsOf(context), ...(reach && { reach }) };
    const whole = { ...joined, ...gridSummary(numbers(joined, "loss"), grid.axes, facts) };
    sayShapes(whole, context);
    return whole;
  },
};

async function sampling(context: StageContext<Params>): Promise<Sampling> {
  const { params, progress, log, part } = context;
  const { lossOnSpan } = await import("./inputs/lossOnSpan.js");
  const { riseRange } = await import("../src/landscape/riseRange.js");
  const onSpan = await lossOnSpan(context, params);
  const { range } = params;
  if (!isFound(range)) return { onSpan, grid: gridOn(context, rangePairs(range)), release: onSpan.release };
  try {
    const axes = rowCount(context.input("directions"));
    const found: RiseRange[] = [];
    for (let axis = 0; axis < axes; axis++) {
      progress(undefined, `range along direction ${axis + 1}`);
      const alongAxis = async (along: Float64Array) => {
        const coefficients = new Float64Array(along.length * axes);
        for (const [i, value] of along.entries()) coefficients[i * axes + axis] = value;
        return (await onSpan.at(coefficients)).loss;
      };
      const options = range === "auto" ? { rise: AUTO_RISE, beyondParabola: true } : range;
      const own = riseRange(alongAxis, options).catch((error: Error) => {
        const label = directionLabels(context.input("directions"))?.[axis] ?? "without a name";
        throw new Error(`the range of direction ${axis + 1} (${label}): ${error.message}`);
      });
      found.push(await own);
      const [down, up] = found[axis].sides.map((side) => (side === undefined ? "never" : `at ${formatNumber(side)}`));
      if (part.index === 0) {
        log(
          `direction ${axis + 1}: the loss rises by the factor ${options.rise} ${down} downwards, ${up} upwards; ` +
            `the range is ±${formatNumber(found[axis].reach)}\n`,
        );
      }
    }
    const pairs = found.map(({ reach }): [number, number] => [-reach, reach]);
    return { onSpan, grid: gridOn(context, pairs), found, release: onSpan.release };
  } catch (error) {
    await onSpan.release();
    throw error;
  }
}

/** Warns of axes that show only a parabola or only a plateau along the middle of the grid. */
function sayShapes(of: Artifact, { warn, params: { range } }: StageContext<Params>): void {
  const losses = numbers(of, "loss");
  const axes = gridAxes(of);
  const strides = axes.map((_, axis) => axes.slice(0, axis).reduce((product, { length }) => product * length, 1));
  const middle = axes.reduce((vertex, { length }, axis) => vertex + Math.floor(length / 2) * strides[axis], 0);
  for (const [axis, coordinates] of axes.entries()) {
    const first = middle - Math.floor(coordinates.length / 2) * strides[axis];
    const shape = lineShape(
      coordinates,
      coordinates.map((_, i) => losses[first + i * strides[axis]]),
    );
    const extent = `[${formatNumber(coordinates[0])}, ${formatNumber(coordinates[coordinates.length - 1])}]`;
    const advice = range === "auto" ? ", the range that auto has found" : ": a wider range may show more";
    if (shape === "parabola") warn(`direction ${axis + 1} shows only a parabola on ${extent}${advice}`);
    if (shape === "plateau") warn(`direction ${axis + 1} shows only a plateau on ${extent}: the loss barely changes`);
  }
}

/** Logs which axes have no vertex at 0, where the model is, although 0 lies between their ends. */
function tellMissedModel({ axes }: GridPoints, { log }: StageContext<Params>): void {
  for (const [k, axis] of axes.entries()) {
    const [low, high] = [axis[0], axis[axis.length - 1]];
    if (low >= 0 || high <= 0 || axis.includes(0)) continue;
    const nearest = axis.reduce((best, a) => (Math.abs(a) < Math.abs(best) ? a : best));
    const advice = low === -high ? "; an odd number of steps would put one there" : "";
    log(`the grid misses the model: axis ${k + 1} has no vertex at 0, the nearest is at ${nearest}${advice}\n`);
  }
}

/** One axis per direction. A single number of steps or a single range applies to all axes. */
function gridOn({ params, input }: StageContext<Params>, ranges: [number, number][]): GridPoints {
  const axes = rowCount(input("directions"));
  const steps = perAxis([params.steps].flat(), axes, "steps", "numbers");
  return gridPoints([...steps], [...perAxis(ranges, axes, "range", "pairs")]);
}

function factsOf({ params, input }: StageContext<Params>, found?: readonly RiseRange[]) {
  const reach = found?.map(({ sides }) => sides.map((side) => side ?? null));
  return {
    ...{ unit: params.unit, labels: directionLabels(input("directions")), dtype: params.dtype },
    ...(reach && { reach }),
  };
}
