import { axes, positionScale } from "./axes.js";
import { figureSpec, noFiniteLoss } from "./figureSpec.js";
import { lossScale, placeOn } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { colours, type FigureText, type Spec } from "./theme.js";

export interface EntropyData extends FigureText {
  /** The entropy after 0, 1, … steps of diffusion, in nats. */
  entropy: ArrayLike<number>;
  /** The chosen number of steps. */
  t: number;
}

/**
 * The von Neumann entropy of a diffusion against its number of steps, and the point on the curve at which PHATE stops.
 */
export function entropy({ entropy: values, t, ...text }: EntropyData): Spec {
  const x = { type: "linear", domain: [0, Math.max(1, values.length - 1)] } as const;
  const y = lossScale([0, ...Array.from(values)], 0.04, "linear");
  if (!y) return noFiniteLoss(text, `0 of ${values.length} entropies finite`);
  const at = placeOn(y);
  const points = Array.from(values, (value, step) => ({ x: step, y: Number.isFinite(value) ? at(value) : null }));
  const chosen = points.filter((point) => point.x === t && point.y !== null);
  const place = { x: { scale: "x", field: "x" }, y: { scale: "y", field: "y" } };
  return figureSpec(text, [`t = ${formatNumber(t)}`], {
    data: [
      { name: "curve", values: points },
      { name: "chosen", values: chosen },
    ],
    scales: [positionScale("x", { ...x, domain: [...x.domain] }, "width"), positionScale("y", y, "height")],
    axes: [
      ...axes("x", { ...x, domain: [...x.domain] }, "bottom", "steps t"),
      ...axes("y", y, "left", "von Neumann entropy"),
    ],
    marks: [
      {
        type: "rule",
        from: { data: "chosen" },
        encode: {
          update: {
            ...place,
            y2: { signal: "height" },
            stroke: { value: colours.saddle },
            strokeDash: { value: [4, 3] },
          },
        },
      },
      {
        type: "line",
        from: { data: "curve" },
        encode: {
          update: {
            ...place,
            defined: { signal: "isValid(datum.y)" },
            stroke: { value: colours.categories[0] },
            strokeWidth: { value: 1.8 },
          },
        },
      },
      {
        type: "symbol",
        from: { data: "chosen" },
        encode: { update: { ...place, size: { value: 70 }, fill: { value: colours.saddle } } },
      },
    ],
  });
}
