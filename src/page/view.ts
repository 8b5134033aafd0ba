import type { LinkedFigure } from "../figures/pageData.js";
import { svg } from "./dom.js";
import type { Landscape, Simplified } from "./landscape.js";

/** A figure, or a panel of one, whose marks follow the threshold. */
export interface View {
  link: LinkedFigure;
  landscape: Landscape;
  figure: HTMLElement;
  drawing: SVGSVGElement;
  /** The group of the plot itself. */
  plot: Element;
  /** What the page draws into the figure itself. */
  own: SVGElement;
  /** The marks of the file, by vertex. */
  marks: ReadonlyMap<number, SVGGraphicsElement[]>;
}

/** The view of a figure; undefined for a figure without a plot. */
export function viewOf(link: LinkedFigure, landscape: Landscape): View | undefined {
  const figure = document.getElementById(link.id);
  const drawing = figure?.querySelector<SVGSVGElement>("svg.marks");
  const frame = drawing?.querySelector(".role-frame.root > g > g");
  const panels = frame?.querySelectorAll(":scope > .mark-group.role-scope");
  const plot = link.panel === undefined ? frame : panels?.[link.panel]?.querySelector(":scope > g > g");
  if (!figure || !drawing || !plot) return undefined;
  const marks = new Map<number, SVGGraphicsElement[]>();
  for (const mark of plot.querySelectorAll<SVGGraphicsElement>("[data-vertex]")) {
    const vertex = Number(mark.dataset.vertex);
    const known = marks.get(vertex);
    if (known) known.push(mark);
    else marks.set(vertex, [mark]);
  }
  const own = svg("g", { class: "own" });
  plot.append(own);
  return { link, landscape, figure, drawing, plot, own, marks };
}

/** How each plot shows a simplified landscape. */
export type Show = (view: View, simplified: Simplified) => void;

/** The position of a mark, by its transform. */
export function placeOf(mark: Element): [number, number] {
  const [, x, y] = /translate\(([-\d.e]+),([-\d.e]+)\)/.exec(mark.getAttribute("transform") ?? "") ?? [];
  return [Number(x), Number(y)];
}

export const isSymbol = (mark: Element) => mark.parentElement?.classList.contains("mark-symbol") === true;
