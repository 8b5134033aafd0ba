import { scaleBehind } from "./axes.js";
import { scaleFraction } from "./lossScale.js";
import { colours, plotSize, type Spec } from "./theme.js";

/** A text, a line or a band at coordinates of a figure's axes. */
export interface FigureNote {
  text?: string;
  x?: number | [number, number];
  y?: number | [number, number];
}

/**
 * A figure with notes: text at (x, y); a line across the plot at one x or y, with its text at the end; a band between
 * two. Notes beyond the axes are left out.
 *
 * @throws Error where the figure has no axis x or y that a note names.
 */
export function withNotes(spec: Spec, notes: readonly FigureNote[]): Spec {
  if (notes.length === 0) return spec;
  const { width, height } = { ...plotSize({ title: "" }), ...(spec as { width?: number; height?: number }) };
  const scales = (spec.scales ?? []) as { name?: string }[];
  const pixels = (axis: "x" | "y", value: number) => {
    const scale = scaleBehind(scales.find(({ name }) => name === axis));
    if (!scale)
      throw new Error(`notes: this figure has no axis ${axis} of numbers; notes stand at coordinates of axes`);
    const fraction = scaleFraction(scale, value);
    return axis === "x" ? width * fraction : height * (1 - fraction);
  };
  const isInside = (at: number, length: number) => at >= -0.5 && at <= length + 0.5;
  const marks = notes.flatMap(({ text = "", x, y }) => {
    const word = (at: number, up: number, align: string, baseline: string) =>
      text === "" ? [] : [wordAt(text, at, up, align, baseline)];
    if (typeof x === "number" && typeof y === "number") {
      const [at, up] = [pixels("x", x), pixels("y", y)];
      return isInside(at, width) && isInside(up, height) ? word(at, up, "center", "middle") : [];
    }
    if (typeof x === "number") {
      const at = pixels("x", x);
      return isInside(at, width)
        ? [ruleAt({ x: at, x2: at, y: 0, y2: height }), ...word(at + 4, 8, "left", "middle")]
        : [];
    }
    if (typeof y === "number") {
      const up = pixels("y", y);
      return isInside(up, height)
        ? [ruleAt({ x: 0, x2: width, y: up, y2: up }), ...word(width - 4, up - 6, "right", "middle")]
        : [];
    }
    const within = (at: number, length: number) => Math.min(length, Math.max(0, at));
    const [left, right] = (x ?? []).map((value) => within(pixels("x", value), width));
    const [low, high] = (y ?? []).map((value) => within(pixels("y", value), height));
    const box = { x: left ?? 0, x2: right ?? width, y: high ?? 0, y2: low ?? height };
    return [bandAt(box), ...word(box.x + 4, box.y + 9, "left", "middle")];
  });
  return { ...spec, marks: [...((spec.marks as object[]) ?? []), ...marks] };
}

interface Box {
  x: number;
  x2: number;
  y: number;
  y2: number;
}

const placed = (box: Box) => Object.fromEntries(Object.entries(box).map(([key, value]) => [key, { value }]));

function ruleAt(box: Box): object {
  const look = { stroke: { value: colours.quiet }, strokeWidth: { value: 1 }, strokeDash: { value: [4, 3] } };
  return { type: "rule", encode: { update: { ...placed(box), ...look } } };
}

function bandAt(box: Box): object {
  return {
    type: "rect",
    encode: { update: { ...placed(box), fill: { value: colours.quiet }, fillOpacity: { value: 0.14 } } },
  };
}

function wordAt(text: string, x: number, y: number, align: string, baseline: string): object {
  const place = { x: { value: x }, y: { value: y }, align: { value: align }, baseline: { value: baseline } };
  const look = { fontSize: { value: 11 }, fill: { value: colours.text } };
  return { type: "text", encode: { update: { ...place, ...look, text: { value: text } } } };
}
