/** A plan as a flowchart: one box a stage, with its kind and the matrix values it is repeated over. */
import type { Plan } from "../pipeline/plan.js";

export type DagFormat = "mermaid" | "dot" | "svg";

interface Box {
  id: string;
  stage: string;
  kind: string;
  /** How often, over which axes; "" for once. */
  times: string;
}

interface Arrow {
  from: Box;
  to: Box;
  port: string;
}

interface Chart {
  /** Each after those it needs. */
  boxes: Box[];
  arrows: Arrow[];
}

export function dag(plan: Plan, format: DagFormat): string {
  const chart = chartOf(plan);
  switch (format) {
    case "mermaid":
      return mermaid(chart);
    case "dot":
      return dot(chart);
    case "svg":
      return svg(chart);
    default:
      return format satisfies never;
  }
}

function chartOf({ steps }: Plan): Chart {
  const repeated = new Map<string, Plan["steps"]>();
  for (const step of steps) {
    const group = repeated.get(step.stage);
    if (group) group.push(step);
    else repeated.set(step.stage, [step]);
  }
  const boxes = [...repeated].map(([stage, of], i): Box => {
    const axes = Object.keys(of[0].point);
    const times = axes.length > 0 ? `${of.length} × ${axes.join(", ")}` : "";
    return { id: `s${i}`, stage, kind: of[0].definition.name, times };
  });
  const byStage = new Map(boxes.map((box) => [box.stage, box]));
  const arrows = boxes.flatMap((to) => {
    const [{ inputs }] = repeated.get(to.stage) as Plan["steps"];
    return Object.entries(inputs).flatMap(([port, sources]) =>
      [...new Set(sources.map(({ stage }) => stage))].map(
        (source): Arrow => ({ from: byStage.get(source) as Box, to, port }),
      ),
    );
  });
  return { boxes, arrows };
}

function mermaid({ boxes, arrows }: Chart): string {
  const lines = boxes.map(({ id, stage, kind, times }) => {
    const label = `${stage}<br/><i>${kind}</i>${times ? `<br/>${times}` : ""}`;
    return `  ${id}["${label.replaceAll('"', "#quot;")}"]`;
  });
  const links = arrows.map(({ from, to, port }) => `  ${from.id} -->|${port}| ${to.id}`);
  return ["flowchart LR", ...lines, ...links].join("\n");
}

function dot({ boxes, arrows }: Chart): string {
  const lines = boxes.map(({ id, stage, kind, times }) => {
    const label = [stage, kind, times].filter(Boolean).join("\n");
    return `  ${id} [label=${JSON.stringify(label)}];`;
  });
  const links = arrows.map(({ from, to, port }) => `  ${from.id} -> ${to.id} [label=${JSON.stringify(port)}];`);
  return ["digraph {", "  rankdir=LR;", "  node [shape=box];", ...lines, ...links, "}"].join("\n");
}

const LETTER = 7.2;
const GAP = 90;
const HEIGHT = 54;
/** Between boxes, and what an arrow that passes by takes. */
const SPACE = 22;

/** A box, or where an arrow passes through a column. */
interface Place {
  box?: Box;
  x: number;
  y: number;
  width: number;
  height: number;
  before: Place[];
}

/**
 * Columns from left to right (Sugiyama, Tagawa, Toda 1981): each stage one to the right of the last that it needs, beside the
 * middle of those; arrows that span more keep a lane of their own in the columns between.
 */
function svg({ boxes, arrows }: Chart): string {
  const column = new Map<Box, number>();
  for (const box of boxes) {
    const before = arrows.filter(({ to }) => to === box).map(({ from }) => (column.get(from) ?? 0) + 1);
    column.set(box, Math.max(0, ...before));
  }
  const columns: Place[][] = Array.from({ length: 1 + Math.max(...column.values()) }, () => []);
  const places = new Map<Box, Place>();
  for (const box of boxes) {
    const width = Math.ceil(LETTER * Math.max(...[box.stage, box.kind, box.times].map(({ length }) => length)) + 24);
    const place = { box, x: 0, y: 0, width, height: HEIGHT, before: [] };
    places.set(box, place);
    columns[column.get(box) as number].push(place);
  }
  const drawn = arrows.map(({ from, to, port }) => {
    let last = places.get(from) as Place;
    const lanes: Place[] = [];
    for (let k = (column.get(from) as number) + 1; k < (column.get(to) as number); k++) {
      const lane = { x: 0, y: 0, width: 0, height: 0, before: [last] };
      columns[k].push(lane);
      lanes.push(lane);
      last = lane;
    }
    const end = places.get(to) as Place;
    end.before.push(last);
    return { from: places.get(from) as Place, lanes, to: end, port, last };
  });
  const heightOf = (own: Place[]) => own.reduce((sum, { height }) => sum + height + SPACE, SPACE);
  const tallest = Math.max(...columns.map(heightOf));
  let x = 20;
  for (const own of columns) {
    const middle = (place: Place) => place.before.reduce((sum, { y }) => sum + y, 0) / Math.max(1, place.before.length);
    own.sort((a, b) => middle(a) - middle(b));
    const width = Math.max(...own.map((place) => place.width));
    let y = (tallest - heightOf(own)) / 2 + SPACE;
    for (const place of own) {
      Object.assign(place, { x, y: y + place.height / 2, width });
      y += place.height + SPACE;
    }
    x += width + GAP;
  }
  const [width, height] = [x - GAP + 20, tallest];
  const curves = drawn.map(({ from, lanes, to, port }) => {
    // Arrows come in one below the other, in the order of where they come from.
    const coming = drawn.filter((other) => other.to === to).sort((a, b) => a.last.y - b.last.y);
    const at = coming.findIndex((other) => other.lanes === lanes && other.port === port && other.from === from);
    const y = to.y + HEIGHT * ((at + 1) / (coming.length + 1) - 0.5);
    return arrowThrough(from, lanes, { x: to.x, y }, port);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<style>${STYLE}</style><defs>${TIP}</defs><rect width="${width}" height="${height}" class="page"/>`,
    ...curves,
    ...boxes.map((box) => drawnBox(box, places.get(box) as Place)),
    "</svg>",
  ].join("\n");
}

const STYLE =
  "text{font:12px sans-serif;text-anchor:middle;fill:#444}.stage{font-weight:bold;fill:#000}" +
  "text.port{font-size:10px;text-anchor:end}rect{fill:#eef3fa;stroke:#5b7fb4}.page{fill:#fff;stroke:none}" +
  "path{fill:none;stroke:#888}marker path{fill:#888;stroke:none}";
const TIP =
  '<marker id="tip" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="8" markerHeight="8" orient="auto">' +
  '<path d="M0 0L8 4L0 8z"/></marker>';

function arrowThrough(from: Place, lanes: readonly Place[], to: { x: number; y: number }, port: string): string {
  let [x, y] = [from.x + from.width, from.y];
  let path = `M${x} ${y}`;
  const curveTo = (x2: number, y2: number) => {
    const bend = (x2 - x) / 2;
    path += ` C${x + bend} ${y} ${x2 - bend} ${y2} ${x2} ${y2}`;
    [x, y] = [x2, y2];
  };
  for (const lane of lanes) {
    curveTo(lane.x, lane.y);
    path += ` H${lane.x + lane.width}`;
    x = lane.x + lane.width;
  }
  curveTo(to.x - 6, to.y);
  return `<path d="${path}" marker-end="url(#tip)"/><text x="${to.x - 9}" y="${to.y - 3}" class="port">${escaped(port)}</text>`;
}

function drawnBox({ stage, kind, times }: Box, { x, y, width }: Place): string {
  const top = y - HEIGHT / 2;
  const text = (line: string, below: number, style = "") =>
    `<text x="${x + width / 2}" y="${top + below}"${style}>${escaped(line)}</text>`;
  return (
    `<rect x="${x}" y="${top}" width="${width}" height="${HEIGHT}" rx="6"/>` +
    `${text(stage, 18, ' class="stage"')}${text(kind, 33)}${times ? text(times, 47) : ""}`
  );
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
