import { type Artifact, numbers } from "../../src/artifact/artifact.js";
import { lines, type Series } from "../../src/figures/lines.js";
import { spectrumFacts } from "../artifacts/spectrum.js";
import { lookOf, type Plot } from "./plot.js";

/**
 * The largest eigenvalues at each checkpoint, and the edge of stability of gradient descent, if the model states its
 * learning rate.
 */
export const sharpeningPlot: Plot = {
  title: () => "Largest Hessian eigenvalues in training",
  suits: (of) => Object.hasOwn(of.columns, "row"),
  caption: (of) =>
    spectrumFacts(of).stableBelow === undefined
      ? "The largest eigenvalues of the curvature along the training."
      : "The largest eigenvalues of the curvature along the training. Steps along an eigenvector above the edge of stability grow.",
  spec(of, params) {
    if (!Object.hasOwn(of.columns, "row")) {
      throw new Error(
        "a sharpening figure draws a spectrum at several checkpoints (rows: all); this one has the last alone",
      );
    }
    const series = eigenvalueSeries(of);
    if (series.length === 0) throw new Error("a sharpening figure draws largest eigenvalues; this spectrum has none");
    const steps = series.flatMap(({ x }) => Array.from(x));
    const ends = [steps.reduce((a, b) => Math.min(a, b)), steps.reduce((a, b) => Math.max(a, b))];
    const { stableBelow } = spectrumFacts(of);
    const edge = {
      label: "edge of stability",
      x: ends,
      y: ends.map(() => stableBelow ?? Number.NaN),
      isReference: true,
    };
    return lines({
      ...lookOf(params),
      series: stableBelow === undefined ? series : [...series, edge],
      xLabel: "step",
      yLabel: "largest eigenvalues",
      marks: "line",
      yScale: params.yScale,
    });
  },
};

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
