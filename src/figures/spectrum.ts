import { axes, axesAt, positionScale } from "./axes.js";
import { noFiniteLoss } from "./figureSpec.js";
import { type LossScale, type LossScaleType, lossScale, scaleFraction } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { circle, polygon, type Shape } from "./outlines.js";
import { sketch } from "./sketch.js";
import { colours, type FigureText, plotSize, type Spec } from "./theme.js";
import { wholeTicks } from "./ticks.js";

/** Eigenvalues, largest first, with their residuals if known. */
export interface SpectrumData extends FigureText {
  /** The known eigenvalues at the top of the spectrum, and those at its bottom. */
  top: ArrayLike<number>;
  bottom: ArrayLike<number>;
  yScale?: LossScaleType;
}

/**
 * Eigenvalues by rank as dots on stems: the largest from the left, the smallest from the right, with a gap between the
 * known parts of both ends. Negative eigenvalues have their own colour.
 */
export function spectrum(data: SpectrumData): Spec {
  const top = Array.from(data.top).sort((a, b) => b - a);
  const bottom = Array.from(data.bottom).sort((a, b) => b - a);
  const all = [...top, ...bottom];
  const wanted = data.yScale ?? "linear";
  const choose = (values: readonly number[]) => lossScale(wanted === "linear" ? [...values, 0] : values, 0.05, wanted);
  const spanned = choose(all);
  if (!spanned || !all.some(Number.isFinite)) return noFiniteLoss(data, `0 of ${all.length} eigenvalues finite`);
  const scale = data.shared?.use("y", spanned, { values: all, choose }) ?? spanned;
  const gap = top.length > 0 && bottom.length > 0 ? Math.max(1, Math.round(all.length / 12)) : 0;
  const { width, height } = plotSize(data);
  const count = all.length + gap;
  const x: LossScale = { type: "linear", domain: [0.4, count + 0.6] };
  const yAt = (value: number) => height * (1 - Math.min(1, Math.max(0, scaleFraction(scale, value))));
  const base = scale.type === "linear" ? yAt(0) : height;
  const radius = count > 60 ? 1.8 : 3.2;
  const shapes = all.flatMap((value, k): Shape[] => {
    if (!Number.isFinite(value)) return [];
    const at = width * scaleFraction(x, k + 1 + (k < top.length ? 0 : gap));
    const colour = value < 0 ? colours.minimum : colours.categories[0];
    const stem = polygon(
      [
        [at, base],
        [at, yAt(value)],
      ],
      true,
    );
    return [
      { path: stem, stroke: colour, strokeWidth: 1, opacity: 0.6 },
      { path: circle(at, yAt(value), radius), fill: colour },
    ];
  });
  const ranks = wholeTicks({ type: "linear", domain: [1, Math.max(2, top.length || count)] }, 5);
  const missing = all.filter((value) => !Number.isFinite(value)).length;
  return sketch(data, {
    remarks: [
      ...(top.length > 0 ? [`largest ${formatNumber(top[0])}`] : []),
      ...(bottom.length > 0 ? [`smallest ${formatNumber(bottom[bottom.length - 1])}`] : []),
      ...(missing > 0 ? [`${missing} not finite, not drawn`] : []),
    ],
    scales: [positionScale("x", x, "width"), positionScale("y", scale, "height")],
    axes: [...axesAt("x", ranks, "bottom", "rank", false), ...axes("y", scale, "left", "eigenvalue")],
    shapes,
  });
}
