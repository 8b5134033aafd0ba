import { axisAcross, type PageFigure, pointText, valuesOf, without } from "./pageFigures.js";
import { escapeHtml } from "./pageHtml.js";

/**
 * Small pictures of one figure at all matrix points, each a link to it. With two axes or more they stand in rows and
 * columns of a table, else in a flow that wraps. The script writes what each has left at the threshold below it.
 */
export function overviewHtml(figures: readonly PageFigure[], ids: ReadonlyMap<PageFigure, string>): string {
  if (figures.length < 2) return "";
  const points = figures.map(({ point }) => point);
  const across = axisAcross(points);
  const draw = (figure: PageFigure, label: string) => thumbnailHtml(figure, ids.get(figure) as string, label);
  const inner =
    across === undefined
      ? `<div class="flow">${figures.map((figure) => draw(figure, pointText(varyingIn(points, figure.point)) || figure.name)).join("\n")}</div>`
      : tableOf(figures, across, draw);
  const name = escapeHtml(`${figures[0].name} in small`);
  return `<nav class="thumbnails" aria-label="${name}">\n${inner}\n</nav>`;
}

/** The axes of a point that differ between points. */
function varyingIn(points: readonly PageFigure["point"][], point: PageFigure["point"]): PageFigure["point"] {
  return Object.fromEntries(Object.entries(point).filter(([axis]) => valuesOf(points, axis).length > 1));
}

function tableOf(
  figures: readonly PageFigure[],
  across: string,
  draw: (figure: PageFigure, label: string) => string,
): string {
  const points = figures.map(({ point }) => point);
  const columns = valuesOf(points, across);
  const rest = (point: PageFigure["point"]) => pointText(varyingIn(points, without(point, across)));
  const rows = [...new Set(points.map(rest))];
  const head = columns.map((value) => `<th scope="col">${unbroken(`${across} = ${value}`)}</th>`);
  const lines = rows.map((row) => {
    const cells = columns.map((value) => {
      const own = figures.find(({ point }) => point[across] === value && rest(point) === row);
      return `<td>${own ? draw(own, "") : ""}</td>`;
    });
    return `<tr><th scope="row">${unbroken(row)}</th>${cells.join("")}</tr>`;
  });
  const table = `<table><thead><tr><td></td>${head.join("")}</tr></thead>\n<tbody>${lines.join("\n")}</tbody></table>`;
  return `<div class="box" tabindex="0" role="region" aria-label="Small pictures by ${escapeHtml(across)}">${table}</div>`;
}

/** An axis and its value stay in one line. */
const unbroken = (text: string) => escapeHtml(text).replaceAll(" = ", "\u00a0=\u00a0");

/** A link to a figure that shows its plot in small: the same drawing, which is in the page once. */
function thumbnailHtml({ point, name, svg, plotSize }: PageFigure, id: string, label: string): string {
  const [, x, y] = /<g fill="none"[^>]* transform="translate\(([-\d.]+),([-\d.]+)\)"/.exec(svg) ?? [];
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? ["", "400", "300"];
  // Without titles, axes and keys, which nobody could read.
  const box =
    x !== undefined && plotSize
      ? `${Number(x) - 3} ${Number(y) - 3} ${plotSize.width + 6} ${plotSize.height + 6}`
      : `0 0 ${width} ${height}`;
  const picture = `<svg viewBox="${box}" aria-hidden="true"><use href="#${id}-svg"/></svg>`;
  const text = label
    ? `<span>${escapeHtml(label)}</span>`
    : `<span class="sr">${escapeHtml([name, pointText(point)].filter(Boolean).join(", "))}</span>`;
  return `<a href="#${id}">${picture}${text}<span class="count" data-of="${id}"></span></a>`;
}
