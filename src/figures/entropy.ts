import { axes, positionScale } from "./axes.js";
import { lossScale } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { colours, type FigureText, figureSpec, type Spec } from "./theme.js";

export interface EntropyData extends FigureText {
  /** Of the diffusion after 0, 1, … steps, in nats. */
  entropy: ArrayLike<number>;
  /** The number of steps that was chosen. */
  t: number;
}

/** The von Neumann entropy of a diffusion against its number of steps, and where on the curve PHATE stops. */
export function entropy({ entropy: values, t, ...text }: EntropyData): Spec {
  const points = Array.from(values, (y, x) => ({ x, y }));
  const x = { type: "linear", domain: [0, values.length - 1] } as const;
  const y = lossScale([0, ...Array.from(values)], 0, "linear");
  if (!y) throw new Error("the entropy has no finite value to draw");
  const chosen = points.filter((point) => point.x === t);
  const place = { x: { scale: "x", field: "x" }, y: { scale: "y", field: "y" } };
  return figureSpec(text, [`t = ${formatNumber(t)}`], {
    data: [
      { name: "curve", values: points },
      { name: "chosen", values: chosen },
    ],
    scales: [
      positionScale("x", { ...x, domain: [...x.domain] }, "width"),
      positionScale("y", { ...y, domain: [y.domain[0], 1.04 * y.domain[1]] }, "height"),
    ],
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
        encode: { update: { ...place, stroke: { value: colours.categories[0] }, strokeWidth: { value: 1.8 } } },
      },
      {
        type: "symbol",
        from: { data: "chosen" },
        encode: { update: { ...place, size: { value: 70 }, fill: { value: colours.saddle } } },
      },
    ],
  });
}
