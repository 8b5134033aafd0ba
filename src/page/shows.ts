import { LEAF, type MergeTreeNodes } from "../topology/mergeTree.js";
import { profile } from "../topology/profile.js";
import { svg } from "./dom.js";
import { colourAt, pixelAt } from "./scales.js";
import { isSymbol, placeOf, type Show, type View } from "./view.js";

/** Bars and dots of features that are gone stay as ghosts. */
const showBars: Show = ({ marks }, { index }) => {
  for (const [vertex, own] of marks) for (const mark of own) mark.classList.toggle("ghost", !index.has(vertex));
};

/** The tree of what is left, over a ghost of the whole. */
const showTree: Show = (view, { nodes, isWhole }) => {
  for (const own of view.marks.values()) for (const mark of own) mark.classList.toggle("ghost", !isWhole);
  view.own.replaceChildren();
  if (isWhole) return;
  const symbols = new Map([...view.marks].map(([vertex, own]) => [vertex, own.find(isSymbol)]));
  const line = [...view.marks.values()].flat().find((mark) => mark.tagName === "line");
  const style = {
    stroke: line?.closest("[stroke]")?.getAttribute("stroke") ?? "#3a4150",
    "stroke-width": line?.closest("[stroke-width]")?.getAttribute("stroke-width") ?? 1,
    "stroke-linecap": "square",
  };
  const { x, left, right } = placesIn(nodes, symbols);
  const height = (node: number) => {
    const symbol = symbols.get(nodes.vertex[node]);
    return symbol ? placeOf(symbol)[1] : 0;
  };
  const lines: Node[] = [];
  const dots: Node[] = [];
  for (let node = 0; node < nodes.vertex.length; node++) {
    const symbol = symbols.get(nodes.vertex[node]);
    const at = x[node];
    if (at === undefined || !symbol) continue;
    const vertex = nodes.vertex[node];
    const y = height(node);
    const parent = nodes.parent[node];
    if (parent >= 0) {
      lines.push(svg("line", { x1: at, x2: at, y1: y, y2: height(parent), ...style, "data-vertex": vertex }));
    }
    if (right[node] > left[node]) {
      lines.push(svg("line", { x1: left[node], x2: right[node], y1: y, y2: y, ...style, "data-vertex": vertex }));
    }
    dots.push(movedTo(symbol, at, y));
  }
  view.own.replaceChildren(...lines, ...dots);
};

/** Leaves stay where they are; a node stands in the middle of its branches. */
function placesIn(nodes: MergeTreeNodes, symbols: ReadonlyMap<number, Element | undefined>) {
  const count = nodes.vertex.length;
  const x: (number | undefined)[] = new Array(count);
  const left = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const right = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  for (let node = 0; node < count; node++) {
    const symbol = symbols.get(nodes.vertex[node]);
    if (nodes.type[node] === LEAF) x[node] = symbol && placeOf(symbol)[0];
    else if (left[node] <= right[node]) x[node] = (left[node] + right[node]) / 2;
    const [at, parent] = [x[node], nodes.parent[node]];
    if (at === undefined || parent < 0) continue;
    left[parent] = Math.min(left[parent], at);
    right[parent] = Math.max(right[parent], at);
  }
  return { x, left, right };
}

function movedTo(symbol: Element, x: number, y: number): Element {
  const moved = symbol.cloneNode(true) as Element;
  moved.classList.remove("ghost", "gone");
  // A group may say it for all its marks.
  const width = symbol.closest("[stroke-width]")?.getAttribute("stroke-width");
  if (width) moved.setAttribute("stroke-width", width);
  moved.setAttribute("transform", `translate(${x},${y})`);
  return moved;
}

/** The profile of the simplified tree, as the library makes it. */
const showProfile: Show = (view, simplified) => {
  const tree = simplified.isWhole ? undefined : simplified.tree();
  const { scales, width, height } = view.link;
  const canDraw = tree !== undefined && scales.x !== undefined && scales.y !== undefined;
  for (const [vertex, own] of view.marks) {
    const isLeft = simplified.index.has(vertex);
    for (const mark of own) {
      mark.classList.toggle("gone", canDraw);
      mark.classList.toggle("ghost", !canDraw && !isLeft);
    }
  }
  // Dots of a crowd are one mark together.
  for (const crowd of view.plot.querySelectorAll(".mark-path path:not([data-vertex])")) {
    crowd.classList.toggle("ghost", !simplified.isWhole);
  }
  view.own.replaceChildren();
  if (!canDraw || !view.landscape.whole) return;
  const { basin, value, left, right, center, base } = profile(tree, view.landscape.whole.losses);
  // A profile counts samples, or shows their fractions.
  const share = scales.x.domain[1] / view.landscape.samples;
  const across = (samples: number) => pixelAt(scales.x, samples * share, width);
  const up = (loss: number) => height - pixelAt(scales.y, loss, height);
  const areas: Node[] = [];
  for (let row = 0; row < basin.length; ) {
    const node = basin[row];
    let [down, back] = ["", ""];
    for (; row < basin.length && basin[row] === node; row++) {
      const y = up(value[row]).toFixed(2);
      down += `${down === "" ? "M" : "L"}${across(left[row]).toFixed(2)},${y}`;
      back = `L${across(right[row]).toFixed(2)},${y}${back}`;
    }
    const fill = colourAt(scales.loss, tree.meanLoss[node]);
    areas.push(
      svg("path", { d: `${down}${back}Z`, fill, stroke: fill, "stroke-width": 0.5, "data-vertex": tree.vertex[node] }),
    );
  }
  const dots = Array.from(tree.vertex).flatMap((vertex, node) => {
    const symbol = view.marks.get(vertex)?.find(isSymbol);
    return symbol ? [movedTo(symbol, across(center[node]), up(base[node]))] : [];
  });
  view.own.replaceChildren(...areas, ...dots);
};

/** Minima and saddles on the map. */
const showContour: Show = (view, { nodes }) => {
  const place = vertexPlaces(view);
  if (!place) return;
  const dots = Array.from(nodes.vertex).flatMap((vertex, node) => {
    const isLeaf = nodes.type[node] === LEAF;
    if (!isLeaf && nodes.parent[node] < 0 && nodes.vertex.length > 1 && !hasTwo(nodes, node)) return [];
    const [x, y] = place(vertex);
    const look = isLeaf ? { fill: "#d62728", r: 3.5 } : { fill: "#ff8c1a", r: 2.5 };
    return [svg("circle", { cx: x, cy: y, ...look, stroke: "#fff", "stroke-width": 0.8, "data-vertex": vertex })];
  });
  const cells = view.own.querySelector(".cells") ?? svg("path", { class: "cells", d: "" });
  view.own.replaceChildren(cells, ...dots.reverse());
};

function hasTwo({ parent }: MergeTreeNodes, node: number): boolean {
  let children = 0;
  for (const p of parent) if (p === node && ++children === 2) return true;
  return false;
}

/** Pixels of a vertex of a map; undefined where the page does not know the grid, or it is not an even one. */
export function vertexPlaces({
  landscape: { shape, extent },
  link,
}: View): ((vertex: number) => [number, number]) | undefined {
  const { x, y } = link.scales;
  if (shape?.length !== 2 || !extent || !x || !y) return undefined;
  const steps = extent.map(([low, high], axis) => (shape[axis] > 1 ? (high - low) / (shape[axis] - 1) : 0));
  const isEven = [x, y].every(({ domain }, axis) => {
    const [low, high] = extent[axis];
    const room = 1e-6 * Math.abs(high - low);
    const half = steps[axis] / 2;
    return Math.abs(domain[0] - (low - half)) <= room && Math.abs(domain[1] - (high + half)) <= room;
  });
  if (!isEven || shape.some((length) => length < 2)) return undefined;
  return (vertex) => {
    const [i, j] = [vertex % shape[0], Math.floor(vertex / shape[0])];
    return [((i + 0.5) / shape[0]) * link.width, link.height - ((j + 0.5) / shape[1]) * link.height];
  };
}

export const shows: Readonly<Record<string, Show>> = {
  barcode: showBars,
  diagram: showBars,
  tree: showTree,
  profile: showProfile,
  contour: showContour,
};
