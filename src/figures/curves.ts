import { axes, axesAt, type Key, keyLegend, lineKey, positionScale } from "./axes.js";
import { figureSpec, noFiniteLoss } from "./figureSpec.js";
import { seriesColour } from "./lines.js";
import { type LossScale, lossScale, placeOn, scaleFraction } from "./lossScale.js";
import { colours, type FigureText, plotSize, type Spec } from "./theme.js";
import { wholeTicks } from "./ticks.js";

/** The course of trainings. */
export interface CurvesData extends FigureText {
  xLabel: string;
  trainings: Training[];
}

/** One training: values at the same positions of x, which ascend. */
export interface Training {
  label: string;
  x: ArrayLike<number>;
  curves: Curve[];
}

export interface Curve {
  /** The measured quantity. Curves of one quantity share a panel. */
  quantity: "loss" | "accuracy";
  split: "training" | "validation";
  values: ArrayLike<number>;
}

const panelGap = 24;
/** The least height of one of two panels. */
const lowestPanel = 80;
const quantities = ["loss", "accuracy"] as const;

/**
 * Losses, and below them accuracies, against epochs or iterations. A single training has a colour per split. Several
 * trainings have a colour each, with dashes for validation. Losses that span a decade or more are on a logarithmic
 * axis. Values that are not finite leave a gap and are counted in the subtitle.
 */
export function curves(data: CurvesData): Spec {
  const drawn = data.trainings.flatMap((training, k) => training.curves.map((curve) => ({ training, k, curve })));
  const shown = quantities.filter((quantity) => drawn.some(({ curve }) => curve.quantity === quantity));
  const all = drawn.flatMap(({ curve }) => Array.from(curve.values));
  const finite = all.filter(Number.isFinite).length;
  if (finite === 0) return noFiniteLoss(data, `0 of ${all.length} values finite`);

  const several = data.trainings.length > 1;
  const colourOf = (k: number, split: Curve["split"]) =>
    several ? seriesColour(k, data.trainings.length) : colours.categories[split === "training" ? 0 : 1];
  const dashOf = (split: Curve["split"]) => (several && split === "validation" ? [5, 3] : []);

  const spannedX = lossScale(
    data.trainings.flatMap(({ x }) => Array.from(x)),
    0,
    "linear",
  )!;
  const x = data.shared?.use("x", spannedX) ?? spannedX;
  const size = plotSize(data);
  const height = shown.length === 1 ? size.height : Math.max(lowestPanel, (size.height + 60 - panelGap) / 2);
  const panels = shown.map((quantity, row) => {
    const own = drawn.filter(({ curve }) => curve.quantity === quantity);
    const values = own.flatMap(({ curve }) => Array.from(curve.values));
    const choose = (shown: readonly number[]) => scaleOf(quantity, shown);
    const spanned = choose(values);
    const y = data.shared?.use(quantity, spanned, { values, choose }) ?? spanned;
    const lines = own.map(({ training, k, curve }) => ({
      path: linePath(training.x, curve.values, x, y, size.width, height),
      stroke: colourOf(k, curve.split),
      dash: dashOf(curve.split),
    }));
    return panel(quantity, lines, y, row * (height + panelGap), height);
  });

  const splits = (["training", "validation"] as const).filter((split) =>
    drawn.some(({ curve }) => curve.split === split),
  );
  const line = (label: string, stroke: string, dash: number[]): Key => ({
    ...{ label, shape: lineKey, fill: "transparent", stroke, dash },
  });
  const ofSplits = splits.map((split) => line(split, several ? colours.text : colourOf(0, split), dashOf(split)));
  const ofTrainings = data.trainings.map(({ label }, k) => line(label, colourOf(k, "training"), []));
  const legend = keyLegend([...(several ? ofTrainings : []), ...(splits.length > 1 ? ofSplits : [])], size.width);

  const { values, ...labels } = wholeTicks(x, 5);
  const xTicks = { values: values.map(placeOn(x)), ...labels };
  return figureSpec(data, finite < all.length ? [`${all.length - finite} of ${all.length} values not finite`] : [], {
    height: shown.length * height + (shown.length - 1) * panelGap,
    scales: [positionScale("x", x, "width"), ...legend.scales],
    axes: axesAt("x", xTicks, "bottom", data.xLabel, false),
    legends: legend.legends,
    marks: panels,
  });
}

function scaleOf(quantity: Curve["quantity"], values: readonly number[]): LossScale {
  const found = lossScale(values, 0.04) ?? { type: "linear", domain: [0, 1] };
  if (quantity === "accuracy") return { type: "linear", domain: [found.domain[0], Math.min(1.02, found.domain[1])] };
  const [low, high] = lossScale(values)?.domain ?? [0, 1];
  if (!(low > 0 && high / 10 >= low) || found.type === "log") return found;
  return { type: "log", domain: [Math.max(Number.MIN_VALUE, low / 1.15), Math.min(Number.MAX_VALUE, high * 1.15)] };
}

/** The line in pixels of the panel. A pixel column with many values is drawn from its lowest to its highest. */
function linePath(
  x: ArrayLike<number>,
  values: ArrayLike<number>,
  xScale: LossScale,
  yScale: LossScale,
  width: number,
  height: number,
) {
  let path = "";
  let pen = "M";
  let [column, low, high] = [-1, height, 0];
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(values[i])) {
      pen = "M";
      continue;
    }
    const at = width * scaleFraction(xScale, x[i]);
    const y = height * (1 - scaleFraction(yScale, values[i]));
    const isLast = i === x.length - 1;
    if (pen === "L" && Math.floor(at) === column && !isLast && y >= low && y <= high) continue;
    if (Math.floor(at) !== column) [column, low, high] = [Math.floor(at), y, y];
    [low, high] = [Math.min(low, y), Math.max(high, y)];
    path += `${pen}${at.toFixed(1)},${y.toFixed(1)}`;
    // A value between gaps is a dot.
    if (pen === "M" && !Number.isFinite(values[i + 1])) path += "m-1.5,0a1.5,1.5,0,1,0,3,0a1.5,1.5,0,1,0,-3,0";
    pen = "L";
  }
  return path;
}

function panel(
  quantity: string,
  lines: { path: string; stroke: string; dash: number[] }[],
  y: LossScale,
  top: number,
  height: number,
): object {
  return {
    type: "group",
    encode: { update: { y: { value: top }, width: { signal: "width" }, height: { value: height } } },
    data: [{ name: "lines", values: lines }],
    scales: [positionScale("y", y, [height, 0])],
    axes: axes("y", y, "left", quantity),
    marks: [
      {
        type: "path",
        from: { data: "lines" },
        encode: {
          update: {
            path: { field: "path" },
            stroke: { field: "stroke" },
            strokeDash: { field: "dash" },
            strokeWidth: { value: 1.6 },
            strokeJoin: { value: "round" },
            strokeCap: { value: "round" },
          },
        },
      },
    ],
  };
}
