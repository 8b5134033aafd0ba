import { type Artifact, concatenate, numbers, rowCount } from "../src/artifact/artifact.js";
import { type GridPoints, gridPoints } from "../src/landscape/gridPoints.js";
import { pieceCount, pieceRange } from "../src/landscape/pieces.js";
import type { Stage, StageContext } from "../src/stage.js";
import { directionLabels } from "./artifacts/directions.js";
import { gridArtifact, gridSummary } from "./artifacts/grid.js";
import { perAxis, type Range, rangePairs, rangeProblems } from "./inputs/axisRanges.js";
import { lossesAt, lossOnSpan, type SpanOptions } from "./inputs/lossOnSpan.js";

interface Params extends SpanOptions {
  steps: number | number[];
  range: Range;
  terms: boolean;
}

export const sampleGridStage: Stage<Params> = {
  name: "sample-grid",
  version: 1,
  inputs: {
    model: { kinds: ["model"] },
    directions: { kinds: ["directions"] },
    data: { kinds: ["dataset"], optional: true },
  },
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
    const piece = gridArtifact(loss, grid.axes, factsOf(context), start);
    return { ...piece, columns: { ...piece.columns, ...(params.terms && terms) } };
  },
  join(pieces, context): Artifact {
    const whole = concatenate(pieces);
    return { ...whole, ...gridSummary(numbers(whole, "loss"), gridOf(context).axes, factsOf(context)) };
  },
};

/** One axis for each direction; a single number of steps or a single range holds for all axes. */
function gridOf({ params, input }: StageContext<Params>): GridPoints {
  const axes = rowCount(input("directions"));
  const steps = perAxis([params.steps].flat(), axes, "steps", "numbers");
  return gridPoints([...steps], [...perAxis(rangePairs(params.range), axes, "range", "pairs")]);
}

function factsOf({ params, input }: StageContext<Params>) {
  return { unit: params.unit, labels: directionLabels(input("directions")), dtype: params.dtype };
}
