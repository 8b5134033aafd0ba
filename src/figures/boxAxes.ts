import type { LossScale } from "./lossScale.js";
import { scaleFraction } from "./lossScale.js";
import { polygon, type Shape, type Word } from "./outlines.js";
import type { Projected } from "./projection.js";
import { colours } from "./theme.js";
import { ticks } from "./ticks.js";
import { firstLines, wrap } from "./wrap.js";

/** One edge of a box with an axis: its start, its end, and the text along it. */
export interface BoxAxis {
  scale: LossScale;
  label: string;
}

/** The most pixels by which a name moves away from its axis. */
const farthest = 120;
/** The width of a text in letters of the axes, in pixels. */
export type WidthOf = (text: string) => number;

/** The height of a line and the room between two texts, in pixels. */
const [lineHeight, gap] = [13, 3];
/** The most pixels in a line of a name, and the most lines; the last one ends in dots where more would follow. */
const [longestLine, mostLines] = [92, 3];

/** True for two texts that lie on each other. */
function touch(a: Word, b: Word, widthOf: WidthOf): boolean {
  const [left, right] = [a, b].map(({ x, text, align }) => {
    const width = widthOf(text) + gap;
    const from = x - { left: 0, center: 0.5, right: 1 }[align ?? "center"] * width;
    return { from, to: from + width };
  });
  return left.from < right.to && right.from < left.to && Math.abs(a.y - b.y) < lineHeight - 1;
}

/** The name of an axis in a few short lines. */
const linesOf = (name: string, widthOf: WidthOf) =>
  firstLines(wrap(name, longestLine, widthOf), mostLines, longestLine, widthOf);

/** Moves a name away from its axis, up or down or else to a side, until it lies on no other text. */
function clear(name: Word[], away: [number, number], others: readonly Word[], widthOf: WidthOf): Word[] {
  for (const [right, down] of [
    [0, away[1]],
    [away[0], 0],
  ]) {
    for (let step = 0; step < farthest; step += 3) {
      const placed = name.map((line) => ({ ...line, x: line.x + step * right, y: line.y + step * down }));
      if (!placed.some((line) => others.some((other) => touch(line, other, widthOf)))) return placed;
    }
  }
  return name;
}

/** The pixels by which texts reach below a picture of this height. */
export const below = (words: readonly Word[], height: number) =>
  Math.max(0, ...words.map(({ y }) => y + lineHeight / 2 - height));

type Corner = readonly [number, number, number];

/**
 * The ground of a box that reaches from −½ to ½ in x and y, its two near edges and its leftmost upright one as axes
 * with ticks, numbers and names, none of which reaches beyond `right` or lies on another.
 */
export function boxAxes(
  axes: { x: BoxAxis; y: BoxAxis; z?: BoxAxis },
  [bottom, top]: [number, number],
  project: (x: number, y: number, z: number) => Projected,
  at: (point: Projected) => [number, number],
  right: number,
  widthOf: WidthOf,
): { shapes: Shape[]; words: Word[] } {
  const corners: Corner[] = [
    [-0.5, -0.5, bottom],
    [0.5, -0.5, bottom],
    [0.5, 0.5, bottom],
    [-0.5, 0.5, bottom],
  ];
  const pixel = (corner: Corner) => at(project(...corner));
  const depth = ([x, y, z]: Corner) => project(x, y, z)[2];
  const shapes: Shape[] = [{ path: polygon(corners.map(pixel)), stroke: colours.grid, fill: "#f7f8fa" }];
  const words: Word[] = [];
  const names: { lines: Word[]; away: [number, number] }[] = [];
  const near = (a: Corner, b: Corner, c: Corner, d: Corner) =>
    depth(a) + depth(b) < depth(c) + depth(d) ? [a, b] : [c, d];
  const edges: { axis: BoxAxis; from: Corner; to: Corner }[] = [];
  const [x0, x1] = near(corners[0], corners[1], corners[3], corners[2]);
  edges.push({ axis: axes.x, from: x0, to: x1 });
  const [y0, y1] = near(corners[0], corners[3], corners[1], corners[2]);
  edges.push({ axis: axes.y, from: y0, to: y1 });
  if (axes.z) {
    const leftmost = corners.reduce((a, b) => (pixel(b)[0] < pixel(a)[0] ? b : a));
    edges.push({ axis: axes.z, from: leftmost, to: [leftmost[0], leftmost[1], top] });
  }
  const middle = at(project(0, 0, bottom));
  for (const { axis, from, to } of edges) {
    const [a, b] = [pixel(from), pixel(to)];
    const isUpright = from[2] !== to[2];
    // Away from the middle of the picture, at right angles to the edge.
    let [nx, ny] = [b[1] - a[1], a[0] - b[0]];
    const length = Math.hypot(nx, ny) || 1;
    const outward = ((a[0] + b[0]) / 2 - middle[0]) * nx + ((a[1] + b[1]) / 2 - middle[1]) * ny >= 0 ? 1 : -1;
    [nx, ny] = [(outward * nx) / length, (outward * ny) / length];
    if (isUpright) [nx, ny] = [-1, 0];
    shapes.push({ path: polygon([a, b], true), stroke: colours.line });
    const marks = ticks(axis.scale, isUpright ? 5 : 4);
    for (const [k, value] of marks.values.entries()) {
      const t = scaleFraction(axis.scale, value);
      if (!(t >= -1e-9 && t <= 1 + 1e-9)) continue;
      const [x, y] = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
      shapes.push({
        path: polygon(
          [
            [x, y],
            [x + 4 * nx, y + 4 * ny],
          ],
          true,
        ),
        stroke: colours.line,
      });
      const align = nx > 0.35 ? "left" : nx < -0.35 ? "right" : "center";
      const word: Word = { x: x + 7 * nx, y: y + 9 * ny, text: marks.labels[k], align };
      // Two axes meet in a corner.
      if (!words.some((other) => touch(word, other, widthOf))) words.push(word);
    }
    if (isUpright) {
      names.push({ lines: [{ x: b[0], y: b[1] - 12, text: axis.label, align: "center" }], away: [0, -1] });
      continue;
    }
    const [x, y] = [(a[0] + b[0]) / 2 + 34 * nx, (a[1] + b[1]) / 2 + 30 * ny];
    const lines = linesOf(axis.label, widthOf);
    const longest = Math.max(...lines.map(widthOf));
    const start = nx > 0 ? Math.min(x, right - longest) : Math.max(x, longest - 40);
    const align = nx > 0 ? "left" : "right";
    names.push({
      lines: lines.map((text, line) => ({ x: start, y: y + lineHeight * line, text, align })),
      away: [nx > 0 ? 1 : -1, ny < 0 ? -1 : 1],
    });
  }
  for (const { lines, away } of names) words.push(...clear(lines, away, words, widthOf));
  return { shapes, words };
}
