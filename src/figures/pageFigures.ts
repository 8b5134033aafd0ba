import { takeFontStyle } from "./fonts.js";
import { leanSvg } from "./leanSvg.js";
import { escapeHtml } from "./pageHtml.js";
import { type PageTable, tableHtml } from "./pageTable.js";

/** One figure of the page: `name` is the figure stage, `point` its matrix point, empty when it is of none or of all. */
export interface PageFigure {
  name: string;
  point: Readonly<Record<string, string>>;
  caption: string;
  /** An SVG of `renderSvg`. */
  svg: string;
  /** Its content in words, for readers who cannot see it. */
  finding?: string;
  /** The numbers behind it. */
  table?: PageTable;
  /** Its marks belong to basins: see PageData. */
  isLinked?: boolean;
  /** Pixels of the plot itself, for a figure of one plot. */
  plotSize?: { width: number; height: number };
  /** One of the frames that a slider runs through: the axis, and the place of its value. */
  frame?: { axis: string; place: number };
}

/** The widest that a figure is beside others, in pixels: in half of a wider one the text would be too small. */
const WIDE = 720;
/** The most values of an axis that go across. */
const MOST_ACROSS = 8;

/** A matrix point as people read it. */
export function pointText(point: Readonly<Record<string, string>>): string {
  return Object.entries(point)
    .map(([axis, value]) => `${axis} = ${value}`)
    .join(", ");
}

/**
 * The figures, name by name. Those of one point or none are a simple flow. Those of a matrix with one axis follow each
 * other in its order; with more, one axis goes across and the others down, so that neighbours differ in one value.
 */
export function figuresHtml(figures: PageFigure[], draw: (figure: PageFigure) => string): string {
  const points = [...new Set(figures.map(({ point }) => pointText(point)))].filter(Boolean);
  if (points.length < 2) return `<div class="flow">\n${figures.map(draw).join("\n")}\n</div>`;
  const names = [...new Set(figures.map(({ name }) => name))];
  const parts: string[] = [];
  // Figures that are of no point flow together.
  let flow: PageFigure[] = [];
  const endFlow = () => {
    if (flow.length > 0) parts.push(`<div class="flow">\n${flow.map(draw).join("\n")}\n</div>`);
    flow = [];
  };
  for (const name of names) {
    const own = figures.filter((figure) => figure.name === name);
    if (own.every(({ point }) => pointText(point) === "")) {
      flow.push(...own);
      continue;
    }
    endFlow();
    parts.push(stageHtml(name, own, figures, draw));
  }
  endFlow();
  return parts.join("\n");
}

/** The figures of one stage; `all` are those of all stages, whose points have a place here, too. */
function stageHtml(
  name: string,
  own: readonly PageFigure[],
  all: readonly PageFigure[],
  draw: (figure: PageFigure) => string,
): string {
  const film = own[0].frame?.axis;
  const points = pointsOf(all.map(({ point }) => ({ point: without(point, film) })));
  const units = unitsOf(own, draw);
  const ofAll = units.filter(({ point }) => pointText(point) === "");
  const ofPoints = units.filter(({ point }) => pointText(point) !== "");
  const wide = ofAll.length > 0 ? `\n<div class="flow">${ofAll.map(({ html }) => html).join("\n")}</div>` : "";
  const laid = ofPoints.length > 0 ? `\n${laidOut(ofPoints, points)}` : "";
  return `<h3>${escapeHtml(name)}</h3>${wide}${laid}`;
}

export function without(point: Readonly<Record<string, string>>, axis: string | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(point).filter(([name]) => name !== axis));
}

/** What stands at one place of the layout: a figure, or the frames of a film. */
interface Unit {
  point: Readonly<Record<string, string>>;
  html: string;
}

/** The figures; frames that differ in their axis only are one unit. */
function unitsOf(figures: readonly PageFigure[], draw: (figure: PageFigure) => string): Unit[] {
  const films = new Map<string, { point: Unit["point"]; frames: PageFigure[] }>();
  for (const [k, figure] of figures.entries()) {
    const point = without(figure.point, figure.frame?.axis);
    const name = figure.frame ? pointText(point) : `figure ${k}`;
    const known = films.get(name);
    if (known) known.frames.push(figure);
    else films.set(name, { point, frames: [figure] });
  }
  return [...films.values()].map(({ point, frames }) => {
    const html = frames.map(draw).join("\n");
    return { point, html: frames[0].frame ? `<div class="film">\n${html}\n</div>` : html };
  });
}

/** All points that any of them has, in order of first appearance. */
function pointsOf(figures: readonly Pick<PageFigure, "point">[]): Record<string, string>[] {
  const known = new Map(figures.map(({ point }) => [pointText(point), { ...point }]));
  known.delete("");
  return [...known.values()];
}

export const valuesOf = (points: readonly Readonly<Record<string, string>>[], axis: string) => [
  ...new Set(points.map((point) => point[axis])),
];

/**
 * The axis that runs across, when there are several: the last whose values fit, else the one with the fewest. Undefined
 * also where rows and columns would have more gaps than points.
 */
export function axisAcross(points: readonly Readonly<Record<string, string>>[]): string | undefined {
  const axes = [...new Set(points.flatMap((point) => Object.keys(point)))].filter(
    (axis) => valuesOf(points, axis).length > 1,
  );
  if (axes.length < 2) return undefined;
  const fewest = (a: string, b: string) => valuesOf(points, a).length - valuesOf(points, b).length;
  const across = axes.filter((axis) => valuesOf(points, axis).length <= MOST_ACROSS).at(-1) ?? axes.sort(fewest)[0];
  const rows = new Set(points.map((point) => pointText(without(point, across)))).size;
  const places = new Set(points.map(pointText)).size;
  return 2 * places > rows * valuesOf(points, across).length ? across : undefined;
}

function laidOut(own: readonly Unit[], all: readonly Record<string, string>[]): string {
  const axes = [...new Set(own.flatMap(({ point }) => Object.keys(point)))];
  // A figure that depends on some of the axes only stands once for each of its own points.
  const projected = all
    .filter((point) => axes.every((axis) => axis in point))
    .map((point) => Object.fromEntries(Object.entries(point).filter(([axis]) => axes.includes(axis))));
  const points = pointsOf([...projected.map((point) => ({ point })), ...own]);
  const across = axisAcross(points);
  const at = (point: Record<string, string>) => own.filter((unit) => pointText(unit.point) === pointText(point));
  const cell = (point: Record<string, string>) => {
    const here = at(point).map(({ html }) => html);
    if (here.length > 0) return here.length === 1 ? here[0] : `<div>${here.join("\n")}</div>`;
    return `<figure class="absent"><figcaption class="none"><b>${escapeHtml(pointText(point))}</b> no figure</figcaption></figure>`;
  };
  if (across === undefined) {
    return `<div class="series">\n${points.map(cell).join("\n")}\n</div>`;
  }
  const columns = valuesOf(points, across);
  const rest = (point: Record<string, string>) => without(point, across);
  const rows = new Map(points.map((point) => [pointText(rest(point)), rest(point)]));
  const lines = [...rows.values()].map((row) => {
    const cells = columns.map((value) => {
      const point = points.find((each) => each[across] === value && pointText(rest(each)) === pointText(row));
      return point ? cell(point) : "<div></div>";
    });
    return `<h4>${escapeHtml(pointText(row))}</h4>\n${cells.join("\n")}`;
  });
  const label = escapeHtml(`Figures by ${across}`);
  const inner = `<div class="points across${columns.length}">\n${lines.join("\n")}\n</div>`;
  return `<div class="box" tabindex="0" role="region" aria-label="${label}">${inner}</div>`;
}

/** One figure; `id` is that of its element, and begins the ids inside. */
export function figureHtml(figure: PageFigure, id: string): string {
  const { name, caption, svg, finding, table, isLinked, frame } = figure;
  const point = pointText(figure.point);
  const label = [name, point, finding ?? caption].filter(Boolean).join(", ");
  const drawn = leanSvg(prefixIds(takeFontStyle(svg).svg, `${id}-`)).replace(
    "<svg ",
    () => `<svg id="${id}-svg" role="img" aria-label="${escapeHtml(label)}" `,
  );
  const words = [point && `<b>${escapeHtml(point)}</b>`, escapeHtml(caption)].filter(Boolean).join(" ");
  const width = Number(/^<svg [^>]*?width="([\d.]+)/.exec(svg)?.[1] ?? 0);
  const classes = [width > WIDE && "wide", isLinked && "linked"].filter(Boolean).join(" ");
  const behind = table ? `\n${behindHtml(table)}` : "";
  const place = frame ? ` data-frame="${frame.place}"` : "";
  return `<figure id="${id}"${classes && ` class="${classes}"`}${place}>\n${drawn}\n<figcaption>${words}</figcaption>${behind}\n</figure>`;
}

/**
 * The numbers behind a figure. A browser that runs scripts reads them as text, which costs it next to nothing; the
 * script unfolds them.
 */
function behindHtml(table: PageTable): string {
  const note = table.note ? ` <small>(${escapeHtml(table.note)})</small>` : "";
  return `<details class="behind"><summary>Numbers${note}</summary><noscript>${tableHtml(table)}</noscript></details>`;
}

/** The SVG with `prefix` before every id and every reference to one, so that several SVGs can share a page. */
function prefixIds(svg: string, prefix: string): string {
  return svg.replace(/<[^>]*>/g, (tag) =>
    tag
      .replace(/ id="([^"]*)"/g, (_, id) => ` id="${prefix}${id}"`)
      .replace(/="url\(#([^)"]*)\)"/g, (_, id) => `="url(#${prefix}${id})"`)
      .replace(/ (xlink:)?href="#([^"]*)"/g, (_, link = "", id) => ` ${link}href="#${prefix}${id}"`),
  );
}
