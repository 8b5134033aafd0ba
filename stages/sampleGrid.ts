import { type Artifact, artifact, concatenate, rowCount } from "../src/artifact.js";
import { type GridPoints, gridPoints } from "../src/landscape/gridPoints.js";
import { pieceCount, pieceRange } from "../src/landscape/pieces.js";
import type { Stage, StageContext } from "../src/stage.js";
import {
  coefficientColumns,
  lossesAt,
  lossFacts,
  lossOnSpan,
  perAxis,
  type Range,
  rangePairs,
  rangeProblems,
  type SpanOptions,
} from "./lossOnSpan.js";

interface Params extends SpanOptions {
  steps: number | number[];
  range: Range;
  terms: boolean;
}

export const sampleGridStage: Stage<Params> = {
  name: "sample-grid",
  version: 1,
  inputs: { model: { kinds: ["model"] }, directions: { kinds: ["directions"] } },
  output: "grid",
  check({ steps, range }) {
    const problems = rangeProblems(range);
    if (problems.length > 0) return problems;
    const [counts, pairs] = [[steps].flat().length, rangePairs(range).length];
    if (counts === 1 || pairs === 1 || counts === pairs) return [];
    return [{ path: ["range"], message: `has ${pairs} pairs but steps has ${counts} numbers` }];
  },
  parts: (context) => pieceCount(gridOf(context).size),
  async run(context) {
    const { params, part, progress, shared } = context;
    const grid = gridOf(context);
    const { start, end } = pieceRange(grid.size, part);
    const onSpan = await shared(() => lossOnSpan(context, params));
    const coefficientsOf = (from: number, count: number) => grid.coordinatesOf(start + from, count);
    const { loss, ...terms } = await lossesAt(onSpan, end - start, coefficientsOf, progress);
    const coefficients = coefficientColumns(grid.coordinatesOf(start, end - start), grid.shape.length);
    return described(artifact("grid", { loss, ...coefficients, ...(params.terms && terms) }), grid, context);
  },
  join: (pieces, context) => described(concatenate(pieces), gridOf(context), context),
};

/** One axis for each direction; a single number of steps or a single range holds for all axes. */
function gridOf({ params, input }: StageContext<Params>): GridPoints {
  const axes = rowCount(input("directions"));
  const steps = perAxis([params.steps].flat(), axes, "steps", "numbers");
  return gridPoints([...steps], [...perAxis(rangePairs(params.range), axes, "range", "pairs")]);
}

function described(of: Artifact, grid: GridPoints, { params, input }: StageContext<Params>): Artifact {
  const { nonFinite, ...facts } = lossFacts(of);
  const metadata = {
    shape: grid.shape,
    extent: grid.axes.map((axis) => [axis[0], axis.at(-1)]),
    unit: params.unit,
    labels: input("directions").metadata.labels,
    dtype: params.dtype,
    nonFinite,
  };
  return { ...of, metadata, summary: { ...facts, nonFinite } };
}
