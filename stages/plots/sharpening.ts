import { type Artifact, numbers } from "../../src/artifact/artifact.js";
import { lines, type Series } from "../../src/figures/lines.js";
import { matrixOf, matrixWords, spectrumFacts } from "../artifacts/spectrum.js";
import { lookOf, type Plot } from "./plot.js";

/**
 * The largest eigenvalues at each checkpoint, and the edge of stability of gradient descent, if the model states its
 * learning rate.
 */
export const sharpeningPlot: Plot = {
  title: (of) => `Largest ${matrixWords[spectrumFacts(of).matrix ?? "hessian"]} eigenvalues in training`,
  suits: (of) => Object.hasOwn(of.columns, "row"),
  caption(of) {
    const what = `The largest eigenvalues of ${matrixOf(of)} along the training.`;
    const edge = " Steps along an eigenvector above the edge of stability grow.";
    return spectrumFacts(of).stableBelow === undefined ? what : what + edge;
  },
  spec(of, params) {
    if (!Object.hasOwn(of.columns, "row")) {
      throw new Error(
        "a sharpening figure draws a spectrum at several checkpoints (rows: all); this one has the last alone",
      );
    }
    const series = eigenvalueSeries(of);
    if (series.length === 0) throw new Error("a sharpening figure draws largest eigenvalues; this spectrum has none");
    const edge = edgeSeries(of, series[0].x);
    return lines({
      ...lookOf(params),
      series: edge === undefined ? series : [...series, edge],
      xLabel: "step",
      yLabel: "largest eigenvalues",
      marks: "line",
      yScale: params.yScale,
    });
  },
};

/** The edge of stability at these steps, if it is known. */
function edgeSeries(of: Artifact, steps: ArrayLike<number>): Series | undefined {
  const { stableBelow } = spectrumFacts(of);
  if (stableBelow === undefined) return undefined;
  const all = Array.from(steps);
  const ends = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
  const known =
    typeof stableBelow === "number"
      ? ends.map((step) => [step, stableBelow] as const)
      : all.map((step, k) => [step, stableBelow[k]] as const);
  const drawn = known.filter((place): place is [number, number] => place[1] !== null);
  return { label: "edge of stability", x: drawn.map(([x]) => x), y: drawn.map(([, y]) => y), isReference: true };
}

/** One series for each of the largest eigenvalues of the whole matrix. */
function eigenvalueSeries(of: Artifact): Series[] {
  const [block, quantity] = [of.columns.block, of.columns.quantity] as string[][];
  const isTop = (row: number) => block[row] === "model" && quantity[row] === "top";
  const [position, step, value] = [numbers(of, "position"), of.columns.step as Int32Array, numbers(of, "value")];
  const rows = Array.from(position.keys()).filter(isTop);
  return [...new Set(rows.map((row) => position[row]))].map((k) => {
    const own = rows.filter((row) => position[row] === k);
    return { label: `λ${k}`, x: own.map((row) => step[row]), y: own.map((row) => value[row]) };
  });
}
