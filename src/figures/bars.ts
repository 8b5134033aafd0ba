import { axes, type Key, keyLegend, positionScale } from "./axes.js";
import { nameAxis } from "./confusion.js";
import { noFiniteLoss } from "./figureSpec.js";
import { axisScale, seriesColour } from "./lines.js";
import { type LossScaleType, scaleFraction } from "./lossScale.js";
import { polygon, rectangle, type Shape } from "./outlines.js";
import { sketch } from "./sketch.js";
import { colours, type FigureText, plotSize, type Spec } from "./theme.js";

/** A number for each group and series, with the ends of an interval around it if known. */
export interface BarsData extends FigureText {
  groups: readonly string[];
  series: readonly { label: string; value: ArrayLike<number>; low?: ArrayLike<number>; high?: ArrayLike<number> }[];
  xLabel: string;
  yLabel: string;
  yScale?: LossScaleType;
  yDomain?: [number, number];
}

/** The most series that can be told apart. */
const mostKeys = 40;

/**
 * Bars by group, with several series side by side, from 0, or on a log axis from its lower end. Values that are not
 * finite have no bar and are counted.
 */
export function bars(data: BarsData): Spec {
  const { groups, series, xLabel, yLabel } = data;
  const all = series.flatMap(({ value, low = [], high = [] }) => [
    ...Array.from(value),
    ...Array.from(low),
    ...Array.from(high),
  ]);
  const isLinear = data.yScale === undefined || data.yScale === "linear";
  const scale = axisScale(data, "y", isLinear ? [...all, 0] : all, 0.04, data.yScale, data.yDomain);
  const missing = series.reduce(
    (sum, { value }) => sum + Array.from(value).filter((x) => !Number.isFinite(x)).length,
    0,
  );
  const count = groups.length * series.length;
  if (!scale || missing === count) return noFiniteLoss(data, `0 of ${count} values finite`);
  const { width, height } = plotSize(data);
  const yAt = (value: number) => height * (1 - Math.min(1, Math.max(0, scaleFraction(scale, value))));
  const cell = width / groups.length;
  const bar = Math.min(60, (0.76 * cell) / series.length);
  const base = scale.type === "linear" ? yAt(0) : height;
  const shapes = groups.flatMap((_, g) =>
    series.flatMap(({ value, low, high }, s): Shape[] => {
      if (!Number.isFinite(value[g])) return [];
      const x = (g + 0.5) * cell + (s - series.length / 2) * bar;
      const top = yAt(value[g]);
      const fill = seriesColour(s, series.length);
      const middle = x + bar / 2;
      const hasInterval = low && high && Number.isFinite(low[g]) && Number.isFinite(high[g]);
      return [
        { path: rectangle(x, Math.min(top, base), bar - 1, Math.max(0.5, Math.abs(base - top))), fill },
        ...(hasInterval
          ? [
              {
                path: polygon(
                  [
                    [middle, yAt(low[g])],
                    [middle, yAt(high[g])],
                  ],
                  true,
                ),
                stroke: colours.text,
                strokeWidth: 1.2,
              },
            ]
          : []),
      ];
    }),
  );
  const keys = series.map(
    ({ label }, s): Key => ({ label, shape: "square", fill: seriesColour(s, series.length), stroke: "#ffffff" }),
  );
  const isKeyed = series.length > 1 && series.length <= mostKeys;
  const legend = keyLegend(isKeyed ? keys : [], width);
  return sketch(data, {
    remarks: [
      ...(missing > 0 ? [`${missing} values not finite`] : []),
      ...(series.length > mostKeys ? [`${series.length} series`] : []),
    ],
    scales: [
      { name: "group", type: "linear", domain: [0, groups.length], range: "width", zero: false, nice: false },
      positionScale("y", scale, "height"),
      ...legend.scales,
    ],
    axes: [nameAxis("group", "bottom", xLabel, [...groups], cell), ...axes("y", scale, "left", yLabel)],
    legends: legend.legends,
    shapes,
  });
}
