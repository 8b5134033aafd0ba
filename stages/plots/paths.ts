import { type Artifact, numbers } from "../../src/artifact/artifact.js";
import { lines, type Series } from "../../src/figures/lines.js";
import { pathsFacts } from "../artifacts/paths.js";
import { lookOf, type Plot } from "./plot.js";

/** The loss along paths between minima, from one end to the other. */
export const pathsPlot: Plot = {
  title: () => "Loss along paths between minima",
  caption: () => "The loss along the paths that were found between minima, and the highest point of each.",
  spec: (of, params) =>
    lines({
      ...lookOf(params),
      subtitle: sharedParts(minimaOf(of)).join(", "),
      series: seriesOf(of),
      xLabel: "share of the path's length",
      yLabel: "loss",
      marks: "path",
      markedLabel: "barrier",
      yScale: params.yScale ?? "auto",
      yDomain: params.yRange,
    }),
};

const minimaOf = (of: Artifact) => pathsFacts(of).minima.label;

function seriesOf(of: Artifact): Series[] {
  const { paths } = pathsFacts(of);
  const path = of.columns.path as Int32Array;
  const [position, loss] = [numbers(of, "position"), numbers(of, "loss")];
  const labels = withoutShared(minimaOf(of));
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

/** The matrix values that all labels share. */
function sharedParts(labels: readonly string[]): string[] {
  const [first, ...others] = labels.map((label) => label.split(","));
  return others.length === 0 ? [] : first.filter((part) => others.every((own) => own.includes(part)));
}

/** Labels without the values that all share. */
function withoutShared(labels: readonly string[]): string[] {
  const shared = sharedParts(labels);
  return labels.map(
    (label) =>
      label
        .split(",")
        .filter((part) => !shared.includes(part))
        .join(",") || label,
  );
}
