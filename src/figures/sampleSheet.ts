import { type Dataset, sampleCount } from "../data/dataset.js";
import { figureSpec } from "./figureSpec.js";
import { formatNumber } from "./numbers.js";
import { colours, type FigureText, plotHeight, plotWidth, type Spec } from "./theme.js";

export interface SamplesData extends FigureText {
  dataset: Dataset;
}

/** The positions of pictures and words, in pixels of the plot. */
export interface Picture {
  url: string;
  x: number;
  y: number;
}
export interface Label {
  text: string;
  x: number;
  y: number;
  align?: "left" | "center" | "right";
  bold?: boolean;
  quiet?: boolean;
  size?: number;
}

/** Pictures and words on a sheet of a size in pixels. */
export interface Sheet {
  width: number;
  height: number;
  /** The sides of the pictures. They are square unless `cellHeight` is given. */
  cell?: number;
  cellHeight?: number;
  /** True when pictures are smoothed, which large ones that are drawn small need. */
  smooth?: boolean;
  pictures?: Picture[];
  labels?: Label[];
}

export const countOf = (dataset: Dataset, what: string) => `${formatNumber(sampleCount(dataset))} ${what}`;

/** A figure of pictures and words at given positions. */
export function sheet(
  text: FigureText,
  remarks: string[],
  { width, height, cell = 0, cellHeight = cell, smooth = false, pictures = [], labels = [] }: Sheet,
): Spec {
  // Words keep their size, so a sheet cannot shrink without limit.
  const zoom = text.size ? Math.max(0.75, text.size.width / width) : 1;
  const placed = <T extends { x: number; y: number }>(all: T[]) =>
    zoom === 1 ? all : all.map((one) => ({ ...one, x: zoom * one.x, y: zoom * one.y }));
  return figureSpec(text, remarks, {
    width: Math.max(zoom * width, text.size ? 0 : plotWidth / 2),
    height: Math.max(zoom * height, plotHeight / 8),
    data: [
      { name: "pictures", values: placed(pictures) },
      { name: "labels", values: placed(labels) },
    ],
    marks: [
      {
        type: "image",
        from: { data: "pictures" },
        encode: {
          update: {
            url: { field: "url" },
            x: { field: "x" },
            y: { field: "y" },
            width: { value: zoom * cell },
            height: { value: zoom * cellHeight },
            aspect: { value: true },
            smooth: { value: smooth },
          },
        },
      },
      {
        type: "text",
        from: { data: "labels" },
        encode: {
          update: {
            text: { field: "text" },
            x: { field: "x" },
            y: { field: "y" },
            align: { signal: "datum.align || 'left'" },
            baseline: { value: "middle" },
            fontSize: { signal: "datum.size || 11" },
            fontWeight: { signal: "datum.bold ? 'bold' : 'normal'" },
            fill: { signal: `datum.quiet ? '${colours.quiet}' : '${colours.text}'` },
          },
        },
      },
    ],
  });
}

/** At most `length` characters. */
export const short = (text: string, length: number) => {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
};
