import { axes, colourBar, colourScale, positionScale } from "./axes.js";
import {
  type ProfileAxis,
  type ProfileOutlines,
  profileLegend,
  profilePanel,
  profileScale,
  samples,
  widthScale,
} from "./profile.js";
import { colours, type FigureText, figureSpec, noFiniteLoss, type Spec, wrap } from "./theme.js";

/** Profiles to compare, row by row; one without outlines is a panel that says why. */
export interface ProfilesData extends FigureText, ProfileAxis {
  panels: { label: string; profile?: ProfileOutlines; missing?: string }[];
  /** Panels in a row. */
  columns: number;
}

const panelWidth = 190;
const panelHeight = 190;
const mostRemarks = 3;

/**
 * Topological landscape profiles side by side on one loss axis, one axis of samples and one scale of colours, so that
 * depths, widths and colours compare.
 *
 * @throws RangeError when `lossDomain` is not a range, or the losses of a log axis are not positive.
 */
export function profiles(data: ProfilesData): Spec {
  const { panels, columns, lossLabel = "loss" } = data;
  const drawn = panels.flatMap(({ profile }) => (profile ? [profile] : []));
  const scale = profileScale(drawn, data);
  if (!scale)
    return noFiniteLoss(data, `${panels.length} ${panels.length === 1 ? "panel" : "panels"} without a finite level`);
  const total = drawn.reduce((most, profile) => Math.max(most, samples(profile)), 0);
  const horizontal = widthScale(total);
  const labels = new Set<string>();
  const remarks: string[] = [];
  const groups = panels.map(({ label, profile, missing = "" }, i) => {
    const panel = profile && profilePanel(profile, scale, total, panelWidth, panelHeight);
    for (const name of panel?.labels ?? []) labels.add(name);
    for (const remark of panel?.remarks ?? []) remarks.push(`${label}: ${remark}`);
    return {
      type: "group",
      title: { text: wrap(label, 30), fontSize: 11, fontWeight: "normal", offset: 6, anchor: "middle", frame: "group" },
      encode: {
        update: {
          width: { value: panelWidth },
          height: { value: panelHeight },
          stroke: { value: colours.grid },
        },
      },
      // Grid lines are as long as these say.
      signals: [
        { name: "width", update: String(panelWidth) },
        { name: "height", update: String(panelHeight) },
      ],
      axes: [
        ...axes("y", scale, "left", i % columns === 0 ? lossLabel : "").map((axis) =>
          i % columns === 0 ? axis : { ...axis, labels: false, ticks: false, domain: false },
        ),
        ...(i + columns >= panels.length ? axes("x", horizontal, "bottom", "number of samples", false) : []),
      ],
      data: panel?.data ?? [],
      marks: panel?.marks ?? [missingText(missing)],
    };
  });
  const legend = profileLegend(labels);
  const told =
    remarks.length > mostRemarks
      ? [...remarks.slice(0, mostRemarks), `${remarks.length - mostRemarks} more such`]
      : remarks;
  return figureSpec(data, told, {
    // What the legends stand beside and below.
    width: Math.min(columns, panels.length) * panelWidth,
    height: Math.ceil(panels.length / columns) * panelHeight,
    layout: { columns, padding: { column: 14, row: 12 }, bounds: "full", align: "each" },
    scales: [
      positionScale("x", horizontal, [0, panelWidth]),
      positionScale("y", scale, [panelHeight, 0]),
      colourScale("loss", scale),
      ...legend.scales,
    ],
    legends: [colourBar("loss", scale, `mean ${lossLabel}`, panelHeight - 40), ...legend.legends],
    marks: groups,
  });
}

function missingText(text: string): object {
  return {
    type: "text",
    encode: {
      update: {
        x: { value: panelWidth / 2 },
        y: { value: panelHeight / 2 },
        align: { value: "center" },
        baseline: { value: "middle" },
        fill: { value: colours.quiet },
        text: { value: wrap(text, 30).slice(0, 6) },
      },
    },
  };
}
