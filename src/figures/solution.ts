import { axes, colourBar, colourBarLabels, colourScale, positionScale } from "./axes.js";
import { cellEdges, colourMap } from "./colourMap.js";
import { figureSpec, noFiniteLoss } from "./figureSpec.js";
import { type LossScale, lossScale } from "./lossScale.js";
import { formatNumber } from "./numbers.js";
import { labelWidth } from "./textLines.js";
import { type FigureText, lossColours, plotSize, type Spec } from "./theme.js";

/** u on a grid of two variables: `u[i + x.length·j]` belongs to (x[i], y[j]); both ascend. */
export interface SolutionData extends FigureText {
  x: Float64Array;
  y: Float64Array;
  xLabel: string;
  yLabel: string;
  u: Float64Array;
  /** The name of the solution. Default: u. */
  name?: string;
  /** The number of points outside the region of the equation. Their values are NaN, and they stay grey. */
  outside?: number;
  /** The exact u there, if known. */
  exact?: Float64Array;
  /** True when `exact` is a reference solution, which has errors of its own. */
  isReference?: boolean;
}

/** White means no error. */
const errorColours = ["#ffffff", "#fdd0a2", "#fd8d3c", "#d94801", "#7f2704"];
/** The size of one of three panels. */
const widestPanel = 190;
/** Room for a colour bar and the axis of the next panel, with numbers of so many pixels at the bar. */
const [leastGap, numbersInGap] = [112, 40];
/** The least side of a panel, and the room for the axis of one and the title of the next below. */
const narrow = 60;
const rowGap = 76;

/**
 * The network's u as colours and beside it, in the same colours, the exact or reference u, and their difference. Values
 * that are not finite are grey and counted in the subtitle.
 */
export function solution(data: SolutionData): Spec {
  const { x, y, u, exact, name = "u", outside = 0 } = data;
  if (x.length * y.length !== u.length || u.length === 0 || (exact && exact.length !== u.length)) {
    throw new RangeError(`a solution on ${x.length}×${y.length} points has ${u.length} values`);
  }
  const finite = u.reduce((count, value) => count + Number(Number.isFinite(value)), 0);
  const scale = lossScale([...u, ...(exact ?? [])], 0, "linear");
  if (finite === 0 || !scale) return noFiniteLoss(data, `0 of ${u.length} values finite`);
  const ofU = scale;
  const ramp = data.ramp ?? lossColours;
  const size = plotSize(data);
  const [whole, lost] = [u.length - outside, u.length - outside - finite];
  const remarks = lost > 0 ? [`${lost} of ${whole} values not finite (grey)`] : [];
  if (exact === undefined) {
    const one = panelOf(data, { bar: name, values: u, scale: ofU, ramp }, { left: 0, top: 0 }, size.width, size.height);
    return figureSpec(data, remarks, { marks: [one] });
  }
  const error = u.map((value, i) => Math.abs(value - exact[i]));
  const largest = error.filter(Number.isFinite).reduce((most, value) => Math.max(most, value), 0);
  const panels: Panel[] = [
    { name: `network ${name}`, values: u, scale: ofU, ramp },
    { name: `${data.isReference ? "reference" : "exact"} ${name}`, values: exact, scale: ofU, ramp },
    { name: "|error|", values: error, scale: { type: "linear", domain: [0, largest || 1] }, ramp: errorColours },
  ];
  remarks.push(`largest error ${formatNumber(largest)}`);
  const widest = Math.max(...panels.flatMap((panel) => colourBarLabels(panel.scale)).map(labelWidth));
  const panelGap = leastGap + Math.max(0, widest - numbersInGap);
  // In a narrow picture they stand below each other.
  const columns = data.size && (data.size.room ?? data.size.width) < 3 * (panelGap + narrow) ? 1 : 3;
  const side = data.size ? Math.max(narrow, (data.size.width - (columns - 1) * panelGap) / columns) : widestPanel;
  const rows = panels.length / columns;
  return figureSpec(data, remarks, {
    width: columns * side + (columns - 1) * panelGap,
    height: rows * side + (rows - 1) * rowGap,
    marks: panels.map((panel, k) => {
      const place = { left: (k % columns) * (side + panelGap), top: Math.floor(k / columns) * (side + rowGap) };
      return panelOf(data, panel, place, side, side);
    }),
  });
}

interface Panel {
  name?: string;
  /** The title of the colour bar. */
  bar?: string;
  values: Float64Array;
  scale: LossScale;
  ramp: readonly string[];
}

interface Corner {
  left: number;
  top: number;
}

function panelOf(data: SolutionData, panel: Panel, { left, top }: Corner, width: number, height: number): object {
  const edges = [cellEdges(data.x), cellEdges(data.y)];
  const [x, y] = edges.map((at): LossScale => ({ type: "linear", domain: [at[0], at[at.length - 1]] }));
  return {
    type: "group",
    encode: { update: { x: { value: left }, y: { value: top }, width: { value: width }, height: { value: height } } },
    ...(panel.name && {
      title: { text: panel.name, anchor: "middle", frame: "group", fontSize: 12, fontWeight: "normal", offset: 6 },
    }),
    scales: [
      positionScale("x", x, [0, width]),
      positionScale("y", y, [height, 0]),
      colourScale("value", panel.scale, panel.ramp),
    ],
    axes: [...axes("x", x, "bottom", data.xLabel, false), ...axes("y", y, "left", data.yLabel, false)],
    legends: [colourBar("value", panel.scale, panel.bar ?? "", height - (panel.bar ? 30 : 10))],
    marks: [
      {
        type: "image",
        encode: {
          update: {
            url: { value: colourMap(panel.values, edges[0], edges[1], panel.scale, panel.ramp) },
            width: { value: width },
            height: { value: height },
            aspect: { value: false },
          },
        },
      },
    ],
  };
}
