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
  let lit: Chosen | undefined;

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

  for (const drawing of new Set(views.map((view) => view.drawing))) {
    const own = views.filter((view) => view.drawing === drawing);
    const { figure } = own[0];
    const under = (event: MouseEvent): { view: View; vertex: number } | undefined => {
      for (const view of own) {
        const vertex = vertexUnder(view, event, threshold.fraction());
        if (vertex !== undefined) return { view, vertex };
      }
      return undefined;
    };
    drawing.setAttribute("tabindex", "0");
    drawing.addEventListener("pointermove", (event) => {
      const found = under(event);
      light(found?.view.landscape, found?.vertex);
      hint.hidden = found === undefined;
      if (found === undefined) return;
      if (hint.parentElement !== figure) figure.append(hint);
      const box = figure.getBoundingClientRect();
      hint.textContent = words(found.view.landscape, found.vertex, threshold.fraction());
      hint.style.left = `${Math.min(event.clientX - box.left + 12, Math.max(0, box.width - 160))}px`;
      hint.style.top = `${event.clientY - box.top + 14}px`;
    });
    drawing.addEventListener("pointerleave", () => {
      light();
      hint.hidden = true;
    });
    drawing.addEventListener("click", (event) => {
      const found = under(event);
      if (found) compared.toggle({ landscape: found.view.landscape, vertex: found.vertex });
    });
    drawing.addEventListener("blur", () => light());
    drawing.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step !== undefined) {
        const next = nextBasin(own, lit, step, threshold.fraction());
        light(next.landscape, next.vertex);
        said.textContent = words(next.landscape, next.vertex, threshold.fraction());
      } else if ((event.key === "Enter" || event.key === " ") && lit) compared.toggle({ ...lit } satisfies Chosen);
      else if (event.key === "Escape") light();
      else return;
      event.preventDefault();
    });
  }
}

/** The basin after or before one, longest bar first and panel after panel; from the last to the first. */
function nextBasin(views: readonly View[], from: Chosen | undefined, step: number, fraction: number): Chosen {
  const all = [...new Set(views.map(({ landscape }) => landscape))].flatMap((landscape) =>
    Array.from(simplifiedAt(landscape, fraction).pairs().birthVertex, (vertex): Chosen => ({ landscape, vertex })),
  );
  const at = all.findIndex(({ landscape, vertex }) => landscape === from?.landscape && vertex === from.vertex);
  return all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length];
}

/** The vertex that the mark under the pointer has, or the basin of a map that the pointer is in. */
function vertexUnder(view: View, event: MouseEvent, fraction: number): number | undefined {
  const simplified = simplifiedAt(view.landscape, fraction);
  const known = (mark: Element) => {
    const vertex = mark.getAttribute("data-vertex");
    return vertex !== null && simplified.index.has(Number(vertex)) ? Number(vertex) : undefined;
  };
  // The page's own marks let the pointer through, so that those of the file stay below it.
  if (event.target instanceof Element && view.own.childElementCount === 0) {
    return view.plot.contains(event.target) ? known(event.target) : undefined;
  }
  const matrix = (view.plot as SVGGElement).getScreenCTM()?.inverse();
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
  for (const mark of view.plot.querySelectorAll(".lit")) mark.classList.remove("lit");
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
