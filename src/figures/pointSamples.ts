import { sampleCount } from "../data/dataset.js";
import { axes, keyLegend, positionScale } from "./axes.js";
import { figureSpec, noFiniteLoss } from "./figureSpec.js";
import { lossScale, placeOn } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { classColour, inputOf } from "./samplePictures.js";
import { countOf, type SamplesData } from "./sampleSheet.js";
import type { Spec } from "./theme.js";

const MOST_POINTS = 1500;

/** The first two features, in the colours of the classes. */
export function scatter({ dataset, ...text }: SamplesData): Spec {
  const { classes, inputShape } = dataset;
  const count = Math.min(sampleCount(dataset), MOST_POINTS);
  const points = Array.from({ length: count }, (_, row) => {
    const [x, y] = inputOf(dataset, row);
    return { x, y, fill: classColour(dataset.targets[row]) };
  });
  const [x, y] = (["x", "y"] as const).map((key) =>
    lossScale(
      points.map((point) => point[key]),
      0.05,
      "linear",
    ),
  );
  if (!x || !y) return noFiniteLoss(text, "no finite feature");
  const [atX, atY] = [placeOn(x), placeOn(y)];
  const drawn = points.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  if (drawn.length === 0) return noFiniteLoss(text, "no sample with two finite features");
  const keys = classes.map((label, i) => ({ label, shape: "circle", fill: classColour(i), stroke: "#ffffff" }));
  const legend = keyLegend(keys.slice(0, 12), text.size?.width);
  const remarks = [countOf(dataset, "points")];
  if (count < sampleCount(dataset)) remarks.push(`the first ${formatNumber(count)} are drawn`);
  if (drawn.length < points.length) remarks.push(`${points.length - drawn.length} not finite, not drawn`);
  if (inputShape[0] > 2) remarks.push(`features 1 and 2 of ${inputShape[0]}`);
  if (classes.length > 12) remarks.push(`${classes.length} classes, 12 named`);
  return figureSpec(text, remarks, {
    data: [{ name: "points", values: drawn.map((point) => ({ ...point, x: atX(point.x), y: atY(point.y) })) }],
    scales: [positionScale("x", x, "width"), positionScale("y", y, "height"), ...legend.scales],
    axes: [...axes("x", x, "bottom", "feature 1"), ...axes("y", y, "left", "feature 2")],
    legends: legend.legends,
    marks: [
      {
        type: "symbol",
        from: { data: "points" },
        encode: {
          update: {
            x: { scale: "x", field: "x" },
            y: { scale: "y", field: "y" },
            size: { value: count > 400 ? 14 : 28 },
            fill: { field: "fill" },
            fillOpacity: { value: 0.75 },
            stroke: { value: "#ffffff" },
            strokeWidth: { value: 0.4 },
          },
        },
      },
    ],
  });
}
