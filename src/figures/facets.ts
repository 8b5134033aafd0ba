import { keyLegend, keysOfLegend } from "./axes.js";
import { figureSpec } from "./figureSpec.js";
import { SharedScales } from "./sharedScales.js";
import { fewLines } from "./textLines.js";
import { colours, type FigureText, type PlotSize, plotWidth, type Spec } from "./theme.js";

/** One panel: its title, and a function that draws it. A panel without a picture states the reason. */
export interface Cell {
  label: string;
  draw?: (text: FigureText) => Spec;
  missing?: string;
}

export interface FacetOptions {
  columns: number;
  /** Fewer columns where panels would be narrow. Default: as many as `columns` in any case. */
  isFlexible?: boolean;
  /** The names of the scales that all panels share; "all" of them, or none. */
  share: readonly string[] | "all" | "none";
}

const letters = "abcdefghijklmnopqrstuvwxyz";

/** The least width of a panel beside which another fits, in pixels, alone and with its axis and its numbers. */
const [narrow, narrowWithAxis] = [90, 190];
const columnsIn = ({ width, room }: PlotSize) =>
  Math.max(1, Math.floor(room === undefined ? width / narrow : room / narrowWithAxis));

/** The words above a panel: their size in pixels, and the most lines of them. */
const lettering = { size: 11 };
const mostLines = 30;

/** The most lines that say why a panel has no picture. */
const mostMissing = 6;

/** An axis of the matrix and its value stay together where they fit. */
const values = ", ";

type Part = { [key: string]: unknown };

/**
 * Figures as panels in rows, plot beside plot, lettered in reading order. Shared scales show all panels, and what the
 * panels have in common is said once: axes that are the same stand at the left and below, colours and keys beside the
 * whole. The remarks of a picture stand below the title of its panel. The size of the text is that of all panels
 * together.
 */
export function facets(text: FigureText, cells: readonly Cell[], { share, isFlexible, ...rest }: FacetOptions): Spec {
  const fitting = isFlexible && text.size ? columnsIn(text.size) : cells.length;
  const columns = Math.min(rest.columns, fitting);
  const across = Math.min(columns, cells.length);
  const down = Math.ceil(cells.length / columns);
  const side = Math.max(120, Math.min(280, Math.round(760 / across)));
  const panel = text.size
    ? sizeOfPanel(text.size, across, down, columns < rest.columns)
    : { width: side, height: side };
  const shared = share === "none" ? undefined : new SharedScales(share === "all" ? undefined : share);
  const drawAll = () =>
    cells.map(({ draw }) => draw?.({ title: "", ramp: text.ramp, size: panel, shared }) as Part | undefined);
  let specs = drawAll();
  if (shared) {
    shared.settle();
    specs = drawAll();
  }
  const drawn = specs.filter((spec) => spec !== undefined);
  const legends = drawn.flatMap(({ legends = [] }) => legends as Part[]);
  const isOneBar = new Set(legends.filter(isBar).map((bar) => JSON.stringify(bar))).size === 1;
  const keys = new Map(legends.flatMap(keysOfLegend).map((key) => [key.label, key]));
  const legend = keyLegend([...keys.values()], Math.max(across * panel.width, text.size ? 0 : plotWidth));
  const same = { left: isSame(drawn, "left"), bottom: isSame(drawn, "bottom") };
  const remarks = specs.map((spec) => (spec?.title as { subtitle?: string[] } | undefined)?.subtitle?.join(" ") ?? "");
  const isOneRemark = drawn.length === cells.length && new Set(remarks).size === 1;
  const named = cells.filter(({ label }) => label !== "");
  const marks = cells.map((cell, k) => {
    const isKept = (axis: Part) =>
      axis.orient === "left" ? !same.left || k % columns === 0 : !same.bottom || k + columns >= cells.length;
    const remark = isOneRemark ? "" : remarks[k];
    const place = named.indexOf(cell);
    const letter = place >= 0 && named.length > 1 && named.length <= letters.length ? `(${letters[place]}) ` : "";
    return panelOf(cell, { letter, remark, spec: specs[k], panel, isKept, isOneBar });
  });
  const bar = isOneBar ? legends.find(isBar) : undefined;
  const scales = bar ? (drawn.find(({ legends = [] }) => (legends as Part[]).some(isBar))?.scales as Part[]) : [];
  return figureSpec(text, isOneRemark && remarks[0] ? [remarks[0]] : [], {
    width: across * panel.width,
    height: down * panel.height,
    layout: { columns, padding: { column: 16, row: 12 }, bounds: "full", align: "each" },
    scales: [...scales.filter(({ name }) => name === bar?.fill), ...legend.scales],
    legends: [...(bar ? [bar] : []), ...legend.legends],
    marks,
  });
}

/** Panels that stand below each other for want of room keep their shape. */
function sizeOfPanel(size: PlotSize, across: number, down: number, isStacked: boolean) {
  const width = Math.max(40, size.width / across);
  return { width, height: Math.max(isStacked ? 0.85 * width : 40, size.height / down) };
}

const isBar = ({ type }: Part) => type === "gradient";

/** True when all panels have the same axes on a side. */
function isSame(specs: readonly Part[], orient: string): boolean {
  const own = specs.map((spec) => JSON.stringify(axesOf(spec).filter((axis) => axis.orient === orient)));
  return new Set(own).size === 1;
}

interface Panel {
  letter: string;
  remark: string;
  spec: Part | undefined;
  panel: { width: number; height: number };
  isKept: (axis: Part) => boolean;
  isOneBar: boolean;
}

function panelOf({ label, missing }: Cell, { letter, remark, spec, panel, isKept, isOneBar }: Panel): object {
  const { $schema, description, title, axes = [], legends = [], scales = [], ...rest } = spec ?? {};
  const isBlank = spec === undefined && !missing;
  const own = (legends as Part[]).filter((legend) => isBar(legend) && !isOneBar);
  const inLines = (words: string) => fewLines(words, size.width, mostLines, lettering, values);
  const size = { width: Number(rest.width ?? panel.width), height: Number(rest.height ?? panel.height) };
  return {
    ...rest,
    type: "group",
    title: {
      text: inLines(`${letter}${label}`),
      ...(remark && { subtitle: inLines(remark), subtitlePadding: 2 }),
      ...{ fontSize: lettering.size, fontWeight: "normal", offset: 6, anchor: "start", frame: "group" },
    },
    encode: {
      update: {
        width: { value: size.width },
        height: { value: size.height },
        stroke: { value: isBlank ? "transparent" : colours.grid },
      },
    },
    // The length of grid lines.
    signals: [
      { name: "width", update: String(size.width) },
      { name: "height", update: String(size.height) },
    ],
    scales,
    legends: own,
    axes: (axes as Part[]).map(keptAxis(isKept)),
    marks: spec ? withAxes(rest.marks as Part[], keptAxis(isKept)) : [missingText(missing ?? "", size)],
  };
}

/** An axis, without its words where another panel has them. */
const keptAxis = (isKept: (axis: Part) => boolean) => (axis: Part) =>
  isKept(axis) ? axis : { ...axis, labels: false, ticks: false, domain: false, title: null };

/** The axes of a picture, and of the groups in it. */
function axesOf({ axes = [], marks = [] }: Part): Part[] {
  return [...(axes as Part[]), ...(marks as Part[]).flatMap((mark) => (mark.type === "group" ? axesOf(mark) : []))];
}

/** The same marks, with the axes of groups changed. */
function withAxes(marks: readonly Part[], change: (axis: Part) => Part): Part[] {
  return marks.map((mark) =>
    mark.type === "group"
      ? {
          ...mark,
          axes: ((mark.axes ?? []) as Part[]).map(change),
          marks: withAxes((mark.marks ?? []) as Part[], change),
        }
      : mark,
  );
}

function missingText(text: string, { width, height }: { width: number; height: number }): object {
  return {
    type: "text",
    encode: {
      update: {
        x: { value: width / 2 },
        y: { value: height / 2 },
        align: { value: "center" },
        baseline: { value: "middle" },
        fill: { value: colours.quiet },
        text: { value: fewLines(text, width - 12, mostMissing, lettering) },
      },
    },
  };
}
