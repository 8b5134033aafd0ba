import { formatNumber } from "../figures/numbers.js";
import { LEAF } from "../topology/mergeTree.js";
import { type Chosen, comparison } from "./basins.js";
import { html } from "./dom.js";
import { basinVertices, type Landscape, simplifiedAt } from "./landscape.js";
import { vertexPlaces } from "./shows.js";
import type { Threshold } from "./threshold.js";
import type { View } from "./view.js";

/**
 * Lights up a basin in all figures of its landscape: under the pointer, or chosen with the arrow keys in a figure that
 * has the focus. A click, Enter or Space puts it into the comparison.
 */
export function linkFigures(views: readonly View[], threshold: Threshold): void {
  const compared = comparison(() => threshold.fraction());
  const hint = html("div", { class: "hint", hidden: true });
  const said = html("div", { class: "sr", role: "status" });
  document.body.append(said);
  let lit: { landscape: Landscape; vertex: number } | undefined;

  const light = (landscape?: Landscape, vertex?: number) => {
    if (lit?.landscape === landscape && lit?.vertex === vertex) return;
    if (lit) for (const view of views) if (view.landscape === lit.landscape) clear(view);
    lit = landscape && vertex !== undefined ? { landscape, vertex } : undefined;
    if (lit) for (const view of views) if (view.landscape === landscape) show(view, lit.vertex, threshold.fraction());
  };
  threshold.onChange((changed) => {
    for (const view of changed) if (lit?.landscape === view.landscape) show(view, lit.vertex, threshold.fraction());
    compared.refresh();
  });

  for (const view of views) {
    const { drawing, landscape, figure } = view;
    drawing.setAttribute("tabindex", "0");
    drawing.addEventListener("pointermove", (event) => {
      const vertex = vertexUnder(view, event, threshold.fraction());
      light(vertex === undefined ? undefined : landscape, vertex);
      hint.hidden = vertex === undefined;
      if (vertex === undefined) return;
      if (hint.parentElement !== figure) figure.append(hint);
      const box = figure.getBoundingClientRect();
      hint.textContent = words(landscape, vertex, threshold.fraction());
      hint.style.left = `${Math.min(event.clientX - box.left + 12, Math.max(0, box.width - 160))}px`;
      hint.style.top = `${event.clientY - box.top + 14}px`;
    });
    drawing.addEventListener("pointerleave", () => {
      light();
      hint.hidden = true;
    });
    drawing.addEventListener("click", (event) => {
      const vertex = vertexUnder(view, event, threshold.fraction());
      if (vertex !== undefined) compared.toggle({ landscape, vertex });
    });
    drawing.addEventListener("blur", () => light());
    drawing.addEventListener("keydown", (event) => {
      const pairs = simplifiedAt(landscape, threshold.fraction()).pairs();
      const at = lit?.landscape === landscape ? pairs.birthVertex.indexOf(lit.vertex) : -1;
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step !== undefined) {
        const count = pairs.birthVertex.length;
        const vertex = pairs.birthVertex[at < 0 ? (step > 0 ? 0 : count - 1) : (at + step + count) % count];
        light(landscape, vertex);
        said.textContent = words(landscape, vertex, threshold.fraction());
      } else if ((event.key === "Enter" || event.key === " ") && lit) compared.toggle({ ...lit } satisfies Chosen);
      else if (event.key === "Escape") light();
      else return;
      event.preventDefault();
    });
  }
}

/** The vertex that the mark under the pointer has, or the basin of a map that the pointer is in. */
function vertexUnder(view: View, event: MouseEvent, fraction: number): number | undefined {
  const simplified = simplifiedAt(view.landscape, fraction);
  const known = (mark: Element) => {
    const vertex = mark.getAttribute("data-vertex");
    return vertex !== null && simplified.index.has(Number(vertex)) ? Number(vertex) : undefined;
  };
  // The page's own marks let the pointer through, so that those of the file stay below it.
  if (event.target instanceof Element && view.own.childElementCount === 0) return known(event.target);
  const plot = view.own.parentElement as Element as SVGGElement;
  const matrix = plot.getScreenCTM()?.inverse();
  if (!matrix) return undefined;
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
  if (view.link.plot === "contour") return basinAt(view, x, y, fraction);
  const own = [...view.own.querySelectorAll<SVGGeometryElement>("[data-vertex]")].reverse();
  const hit = own.find((mark) => {
    const inside = mark.getScreenCTM()?.inverse();
    if (!inside) return false;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(inside);
    return mark.tagName === "line" ? mark.isPointInStroke(at) : mark.isPointInFill(at);
  });
  return hit ? known(hit) : undefined;
}

function basinAt({ landscape, link }: View, x: number, y: number, fraction: number): number | undefined {
  const tree = simplifiedAt(landscape, fraction).tree();
  const { shape } = landscape;
  if (!tree || shape?.length !== 2 || x < 0 || y < 0 || x >= link.width || y >= link.height) return undefined;
  const vertex =
    Math.floor((x / link.width) * shape[0]) + shape[0] * Math.floor(((link.height - y) / link.height) * shape[1]);
  const place = tree.members.indexOf(vertex);
  const node = tree.memberOffsets.findIndex((offset) => offset > place) - 1;
  return tree.vertex[node];
}

function clear(view: View): void {
  for (const mark of view.drawing.querySelectorAll(".lit")) mark.classList.remove("lit");
  view.own.querySelector(".cells")?.setAttribute("d", "");
}

function show(view: View, vertex: number, fraction: number): void {
  clear(view);
  const simplified = simplifiedAt(view.landscape, fraction);
  const node = simplified.index.get(vertex);
  if (node === undefined) return;
  const isBars = view.link.plot === "barcode" || view.link.plot === "diagram";
  const wanted = new Set([vertex]);
  if (isBars && simplified.nodes.type[node] !== LEAF) {
    const { birthVertex, deathVertex } = simplified.pairs();
    deathVertex.forEach((death, bar) => {
      if (death === vertex) wanted.add(birthVertex[bar]);
    });
  }
  for (const each of wanted) {
    const own = view.own.querySelectorAll(`[data-vertex="${each}"]`);
    for (const mark of [...(view.marks.get(each) ?? []), ...own]) mark.classList.add("lit");
  }
  if (view.link.plot === "contour") lightCells(view, node, fraction);
}

/** The cells of a basin on a map. */
function lightCells(view: View, node: number, fraction: number): void {
  const tree = simplifiedAt(view.landscape, fraction).tree();
  const place = vertexPlaces(view);
  const { shape } = view.landscape;
  if (!tree || !place || !shape) return;
  const [width, height] = [view.link.width / shape[0], view.link.height / shape[1]];
  const cells = basinVertices(tree, node).map((vertex) => {
    const [x, y] = place(vertex);
    return `M${(x - width / 2).toFixed(2)},${(y - height / 2).toFixed(2)}h${width.toFixed(2)}v${height.toFixed(2)}h${(-width).toFixed(2)}Z`;
  });
  view.own.querySelector(".cells")?.setAttribute("d", cells.join(""));
}

/** `minimum at 0.12, merges at 0.3, 12 % of the samples` */
function words(landscape: Landscape, vertex: number, fraction: number): string {
  const { nodes, index, pairs } = simplifiedAt(landscape, fraction);
  const node = index.get(vertex);
  if (node === undefined) return "";
  const isLeaf = nodes.type[node] === LEAF;
  const isSub = nodes.direction === "sublevel";
  const name = isLeaf ? (isSub ? "minimum" : "maximum") : nodes.parent[node] < 0 ? "last sample" : "saddle";
  const { birthVertex, death } = pairs();
  const end = death[birthVertex.indexOf(vertex)];
  const merges = !isLeaf ? "" : Number.isFinite(end) ? `, merges at ${formatNumber(end)}` : ", never merges";
  const share = Number(((100 * nodes.size[node]) / landscape.samples).toPrecision(3));
  return `${name} at ${formatNumber(nodes.value[node])}${merges}, ${share} % of the samples`;
}
