import { type Artifact, numbers } from "../../src/artifact.js";
import { lines, type Series } from "../../src/figures/lines.js";
import type { Plot } from "./plot.js";

/** The loss along paths between minima, from one to the other. */
export const pathsPlot: Plot = {
  kind: "paths",
  caption: () => "The loss along the paths that were found between minima, and the highest point of each.",
  spec: (of, { title, yScale }) =>
    lines({
      title,
      series: seriesOf(of),
      xLabel: "share of the path's length",
      yLabel: "loss",
      marks: "path",
      markedLabel: "barrier",
      yScale: yScale ?? "auto",
    }),
};

function seriesOf(of: Artifact): Series[] {
  const { minima, paths } = of.metadata as unknown as {
    minima: { label: string[] };
    paths: { from: number; to: number; barrier: number; barrierPosition: number }[];
  };
  const path = of.columns.path as Int32Array;
  const [position, loss] = [numbers(of, "position"), numbers(of, "loss")];
  const labels = withoutShared(minima.label);
  return paths.map(({ from, to, barrier, barrierPosition }, k) => {
    const own = (values: Float64Array) => values.filter((_, row) => path[row] === k);
    return {
      label: `${labels[from]} – ${labels[to]}`,
      x: own(position),
      y: own(loss),
      ...(Number.isFinite(barrier) && { marked: [barrierPosition, barrier] as const }),
    };
  });
}

/** Labels without the matrix values that all have in common. */
function withoutShared(labels: readonly string[]): string[] {
  const parts = labels.map((label) => label.split(","));
  const shared = parts[0].filter((part) => parts.every((own) => own.includes(part)));
  return parts.map((own, k) => own.filter((part) => !shared.includes(part)).join(",") || labels[k]);
}
