/** A flowchart as an SVG picture, laid out from left to right by dagre (Sugiyama, Tagawa, Toda 1981). */
import { Graph, layout } from "@dagrejs/dagre";
import type { Arrow, Box, Chart } from "./chart.js";

/** In pixels: the width of a letter of size 12 px, and of one of size 10 px. */
const LETTER = 7.2;
const SMALL_LETTER = 5.8;
const HEIGHT = 54;
const MARGIN = 20;
/** The tip of an arrow. */
const TIP_LENGTH = 6;

interface Position {
  x: number;
  y: number;
}

export function flowchartSvg({ boxes, arrows }: Chart): string {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 22, edgesep: 14, ranksep: 40, marginx: MARGIN, marginy: MARGIN });
  for (const box of boxes) graph.setNode(box.id, { width: widthOf(box), height: HEIGHT });
  for (const { from, to, port } of arrows) {
    graph.setEdge(from.id, to.id, { width: SMALL_LETTER * port.length + 8, height: 12, labelpos: "c" }, port);
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">`,
    `<style>${STYLE}</style><defs>${TIP}</defs><rect width="${w}" height="${h}" class="page"/>`,
    ...boxes.flatMap((box) => arrowsInto(box, arrows, graph)),
    ...boxes.map((box) => drawnBox(box, graph.node(box.id) as Position)),
    "</svg>",
  ].join("\n");
}

interface DrawnEdge extends Position {
  points: Position[];
}

const STYLE =
  "text{font:12px sans-serif;text-anchor:middle;fill:#444}.stage{font-weight:bold;fill:#000}" +
  "text.port{font-size:10px;stroke:#fff;stroke-width:3;paint-order:stroke}rect{fill:#eef3fa;stroke:#5b7fb4}" +
  ".page{fill:#fff;stroke:none}path{fill:none;stroke:#888}marker path{fill:#888;stroke:none}";
const TIP =
  '<marker id="tip" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="8" markerHeight="8" orient="auto">' +
  '<path d="M0 0L8 4L0 8z"/></marker>';

function widthOf({ stage, kind, times }: Box): number {
  return Math.ceil(LETTER * Math.max(stage.length, kind.length, times.length) + 24);
}

/** The arrows that end at a box, from top to bottom in the order of their origins. */
function arrowsInto(to: Box, arrows: readonly Arrow[], graph: Graph): string[] {
  const end = graph.node(to.id) as Position;
  const coming = arrows
    .filter((arrow) => arrow.to === to)
    .map(({ from, port }) => ({ from, port, edge: graph.edge(from.id, to.id, port) as DrawnEdge }));
  coming.sort((a, b) => (a.edge.points.at(-2) as Position).y - (b.edge.points.at(-2) as Position).y);
  return coming.map(({ from, port, edge: { points, x, y } }, i) => {
    const start = graph.node(from.id) as Position;
    const path = curveThrough([
      { x: start.x + widthOf(from) / 2, y: start.y },
      ...points.slice(1, -1),
      { x: end.x - widthOf(to) / 2 - TIP_LENGTH, y: end.y + HEIGHT * ((i + 1) / (coming.length + 1) - 0.5) },
    ]);
    const label = `<text x="${rounded(x)}" y="${rounded(y + 3)}" class="port">${escaped(port)}</text>`;
    return `<path d="${path}" marker-end="url(#tip)"/>${label}`;
  });
}

/** A smooth line that is horizontal at every point. */
function curveThrough([first, ...rest]: Position[]): string {
  let [before, path] = [first, `M${at(first)}`];
  for (const point of rest) {
    const middle = (before.x + point.x) / 2;
    path += ` C${at({ x: middle, y: before.y })} ${at({ x: middle, y: point.y })} ${at(point)}`;
    before = point;
  }
  return path;
}

function drawnBox(box: Box, { x, y }: Position): string {
  const width = widthOf(box);
  const top = y - HEIGHT / 2;
  const text = (line: string, below: number, style = "") =>
    `<text x="${rounded(x)}" y="${rounded(top + below)}"${style}>${escaped(line)}</text>`;
  return (
    `<rect x="${rounded(x - width / 2)}" y="${rounded(top)}" width="${width}" height="${HEIGHT}" rx="6"/>` +
    `${text(box.stage, 18, ' class="stage"')}${text(box.kind, 33)}${box.times ? text(box.times, 47) : ""}`
  );
}

const rounded = (value: number) => Math.round(value * 10) / 10;
const at = ({ x, y }: Position) => `${rounded(x)} ${rounded(y)}`;

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
