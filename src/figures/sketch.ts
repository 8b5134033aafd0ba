import { figureSpec } from "./figureSpec.js";
import { linked } from "./linked.js";
import type { Shape, Word } from "./outlines.js";
import type { FigureText, Spec } from "./theme.js";

/** A circle at a place in pixels of the plot, as a mark of its own. */
export interface Dot {
  x: number;
  y: number;
  radius: number;
  fill: string;
  stroke: string;
  strokeWidth: number;
  vertex?: number;
}

/** The parts of a figure whose shapes are computed here instead of by Vega. */
export interface Sketch {
  remarks: string[];
  size?: { width: number; height: number };
  scales?: object[];
  axes?: object[];
  legends?: object[];
  /** Drawn in this order. */
  shapes: Shape[];
  /** Drawn over the shapes. */
  dots?: Dot[];
  words?: Word[];
}

/** A figure of shapes and words at given positions. */
export function sketch(
  text: FigureText,
  { remarks, size, scales = [], axes = [], legends = [], shapes, dots = [], words = [] }: Sketch,
): Spec {
  return figureSpec(text, remarks, {
    ...size,
    scales,
    axes,
    legends,
    data: [
      { name: "shapes", values: shapes },
      ...(dots.length > 0 ? [{ name: "dots", values: dots }] : []),
      { name: "words", values: words },
    ],
    marks: [
      {
        type: "path",
        from: { data: "shapes" },
        encode: {
          update: {
            path: { field: "path" },
            ...linkedIfAny(shapes),
            fill: { signal: "datum.fill || 'transparent'" },
            stroke: { signal: "datum.stroke || 'transparent'" },
            strokeWidth: { signal: "datum.stroke ? (datum.strokeWidth || 1) : 0" },
            strokeDash: { signal: "datum.dash || []" },
            strokeJoin: { value: "round" },
            opacity: { signal: "isValid(datum.opacity) ? datum.opacity : 1" },
          },
        },
      },
      ...(dots.length > 0 ? [circles(dots)] : []),
      {
        type: "text",
        from: { data: "words" },
        encode: {
          update: {
            x: { field: "x" },
            y: { field: "y" },
            text: { field: "text" },
            align: { signal: "datum.align || 'center'" },
            baseline: { value: "middle" },
            fontSize: { signal: "datum.size || 11" },
            fill: { signal: "datum.fill || '#1f2430'" },
          },
        },
      },
    ],
  });
}

/** The dots as symbols, which pages find and move. */
const circles = (dots: readonly Dot[]) => ({
  type: "symbol",
  from: { data: "dots" },
  encode: {
    update: {
      ...linkedIfAny(dots),
      x: { field: "x" },
      y: { field: "y" },
      size: { signal: "4 * datum.radius * datum.radius" },
      fill: { field: "fill" },
      stroke: { field: "stroke" },
      strokeWidth: { field: "strokeWidth" },
    },
  },
});

const linkedIfAny = (marks: readonly { vertex?: number }[]) =>
  marks.some(({ vertex }) => vertex !== undefined) ? linked : {};
