import { fontStyle, takeFontStyle } from "./fonts.js";
import { markdownHtml } from "./markdown.js";
import { formatNumber } from "./numbers.js";

export type Cell = string | number | null;

/** A table of the page; numbers are shown with 4 digits and keep all of them in a tooltip. */
export interface PageTable {
  name: string;
  columns: string[];
  rows: Cell[][];
}

/**
 * One figure of the page: `name` is its row (the figure stage), `point` its column (the matrix point, "" when it is of
 * none or of all).
 */
interface PageFigure {
  name: string;
  point: string;
  caption: string;
  /** An SVG of `renderSvg`. */
  svg: string;
}

/** A text in Markdown, the figures or the tables of a stage, or one of what every report ends with. */
export type PagePart =
  | { text: string }
  | { figure: string }
  | { table: string }
  | "pipeline"
  | "parameters"
  | "provenance";

/** What a report says, in the order in which the page shows it. All strings are plain text. */
export interface PageContent {
  title: string;
  description: string;
  warnings: string[];
  /** Headline numbers. */
  tables: PageTable[];
  sections: { heading: string; note?: string; figures: PageFigure[] }[];
  /** What comes first, in this order; what it does not name follows as without it. */
  parts?: PagePart[];
  /** The pipeline file as it was read. */
  config: string;
  /** Parameters after defaults and overrides, as name and value. */
  parameters: [string, string][];
  /** One row a step. */
  provenance: { columns: string[]; rows: Cell[][] };
}

/**
 * A report as one self-contained HTML page: no scripts, nothing loaded from elsewhere, one embedded font for all
 * figures, readable on a phone and on paper. A section with several matrix points lays its figures out with a row a
 * figure and a column a point, which scrolls sideways in its own box.
 */
export async function reportPage(content: PageContent): Promise<string> {
  const { title, description, warnings, sections } = content;
  const style = await fontStyle(sections.flatMap((section) => section.figures.map((figure) => figure.svg)));
  let count = 0;
  const drawFigure = (figure: PageFigure) => figureHtml(figure, `f${++count}-`);
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    description && `<p class="text">${escapeHtml(description)}</p>`,
    warnings.length > 0 &&
      `<div class="warnings"><strong>Warnings</strong><ul>${warnings.map((text) => `<li>${escapeHtml(text)}</li>`).join("")}</ul></div>`,
    ...bodyParts(content, drawFigure),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:">
<title>${escapeHtml(title)}</title>
<style>${css}</style>
${style}
</head>
<body>
<main>
${body.filter(Boolean).join("\n")}
</main>
</body>
</html>
`;
}

/** The parts of a report in order: those that are named first, then tables, figures and the rest. */
function bodyParts(content: PageContent, draw: (figure: PageFigure) => string): string[] {
  const { tables, sections, config, parameters, provenance, parts = [] } = content;
  const ends = {
    pipeline: config && `<h2>Pipeline</h2>\n<pre>${escapeHtml(config)}</pre>`,
    parameters: parameters.length > 0 ? `<h2>Parameters</h2>\n${tableHtml(["parameter", "value"], parameters)}` : "",
    provenance:
      provenance.rows.length > 0 ? `<h2>Provenance</h2>\n${tableHtml(provenance.columns, provenance.rows)}` : "",
  };
  const tablePart = (table: PageTable) => `<h2>${escapeHtml(table.name)}</h2>\n${tableHtml(table.columns, table.rows)}`;
  const figures = sections.flatMap((section) => section.figures);
  const isOf = (stage: string) => (name: string) => name === stage || name.startsWith(`${stage} · `);
  const named = { figures: new Set<PageFigure>(), tables: new Set<PageTable>() };
  const chosen = parts.map((part) => {
    if (typeof part === "string") return ends[part];
    if ("text" in part) return markdownHtml(part.text, escapeHtml);
    if ("table" in part) {
      const own = tables.filter(({ name }) => isOf(part.table)(name));
      for (const table of own) named.tables.add(table);
      return own.map(tablePart).join("\n");
    }
    const own = figures.filter(({ name }) => name === part.figure);
    for (const figure of own) named.figures.add(figure);
    return `<section>\n${figuresHtml(own, draw)}\n</section>`;
  });
  const rest = sections.map((section) => ({
    ...section,
    figures: section.figures.filter((one) => !named.figures.has(one)),
  }));
  const kept = (["pipeline", "parameters", "provenance"] as const).filter((name) => !parts.includes(name));
  return [
    ...chosen,
    ...tables.filter((table) => !named.tables.has(table)).map(tablePart),
    ...rest
      .filter((section) => section.figures.length > 0 || parts.length === 0)
      .map(
        ({ heading, note, figures: own }) =>
          `<section>\n<h2>${escapeHtml(heading)}</h2>\n` +
          (note ? `<p class="text">${escapeHtml(note)}</p>\n` : "") +
          `${figuresHtml(own, draw)}\n</section>`,
      ),
    ...kept.map((name) => ends[name]),
  ];
}

/** Wider figures, in pixels, have a row of their own: in half of one their text would be too small. */
const WIDE = 720;

const css = `
:root { color-scheme: light; }
body { margin: 0; background: #fff; color: #1f2430; font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 96rem; margin: 0 auto; padding: 1.5rem clamp(1rem, 3vw, 3rem) 4rem; }
h1 { font-size: 1.8rem; line-height: 1.25; margin: 0.5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; padding-top: 0.75rem; border-top: 1px solid #d8dbe1; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1rem 0 0.25rem; position: sticky; left: 0; width: max-content; max-width: 90vw; grid-column: 1 / -1; }
.text { max-width: 72ch; white-space: pre-line; }
.warnings { border-left: 4px solid #d9822b; background: #fff6ea; padding: 0.75rem 1rem; margin: 1rem 0; overflow-wrap: anywhere; }
.warnings ul { margin: 0.25rem 0 0; padding-left: 1.25rem; }
.box { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.9rem 0.3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid #eceef2; }
th { border-bottom-color: #9aa1ae; font-weight: 600; white-space: nowrap; }
td { max-width: 40rem; overflow-wrap: break-word; }
.number { text-align: right; white-space: nowrap; }
.none { color: #8a909c; }
pre { background: #f6f7f9; border: 1px solid #e4e6ea; border-radius: 4px; padding: 1rem; overflow-x: auto; font-size: 0.8125rem; line-height: 1.45; }
.flow { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); }
.flow > .wide { grid-column: 1 / -1; }
.points { display: grid; gap: 0.75rem 1.25rem; grid-template-columns: repeat(var(--points), minmax(min(22rem, 88vw), 1fr)); }
.all { grid-column: 1 / -1; }
figure { margin: 0; min-width: 0; break-inside: avoid; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { font-size: 0.875rem; color: #4a5160; padding: 0.25rem 0 0.5rem; overflow-wrap: anywhere; }
figcaption b { color: #1f2430; }
@media print {
  body { font-size: 10pt; }
  main { padding: 0; max-width: none; }
  .box, pre { overflow: visible; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .points { grid-template-columns: repeat(min(3, var(--points)), 1fr); }
  h2, h3 { break-after: avoid; }
}
`;

/**
 * Rows are figure names, columns points, both in the order in which they first appear; one point or none is a simple
 * flow. A figure of no point is one of all points, and has a row to itself.
 */
function figuresHtml(figures: PageFigure[], draw: (figure: PageFigure) => string): string {
  const points = [...new Set(figures.map(({ point }) => point))].filter((point) => point !== "");
  if (points.length < 2) return `<div class="flow">\n${figures.map(draw).join("\n")}\n</div>`;
  const rows = [...new Set(figures.map(({ name }) => name))].map((name) => {
    const own = figures.filter((figure) => figure.name === name);
    const ofAll = own.filter(({ point }) => point === "").map((figure) => `<div class="all">${draw(figure)}</div>`);
    if (ofAll.length === own.length) return `<h3>${escapeHtml(name)}</h3>\n${ofAll.join("\n")}`;
    const cells = points.map((point) => {
      const here = own.filter((figure) => figure.point === point);
      const absent = `<figcaption class="none"><b>${escapeHtml(point)}</b> no figure</figcaption>`;
      return here.length === 1 ? draw(here[0]) : `<div>${here.map(draw).join("\n") || absent}</div>`;
    });
    return `<h3>${escapeHtml(name)}</h3>\n${[...ofAll, ...cells].join("\n")}`;
  });
  return `<div class="box"><div class="points" style="--points: ${points.length}">\n${rows.join("\n")}\n</div></div>`;
}

function figureHtml({ name, point, caption, svg }: PageFigure, prefix: string): string {
  const label = [name, point, caption].filter(Boolean).join(", ");
  const drawn = prefixIds(takeFontStyle(svg).svg, prefix).replace(
    "<svg ",
    () => `<svg role="img" aria-label="${escapeHtml(label)}" `,
  );
  const words = [point && `<b>${escapeHtml(point)}</b>`, escapeHtml(caption)].filter(Boolean).join(" ");
  const width = Number(/^<svg [^>]*?width="([\d.]+)/.exec(svg)?.[1] ?? 0);
  return `<figure${width > WIDE ? ' class="wide"' : ""}>\n${drawn}\n<figcaption>${words}</figcaption>\n</figure>`;
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

function tableHtml(columns: string[], rows: Cell[][]): string {
  const numeric = columns.map((_, k) => rows.some((row) => typeof row[k] === "number"));
  const head = columns.map((name, k) => `<th${numeric[k] ? ' class="number"' : ""}>${escapeHtml(name)}</th>`).join("");
  const lines = rows.map((row) => `<tr>${row.map(cellHtml).join("")}</tr>`);
  return `<div class="box"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${lines.join("\n")}\n</tbody>\n</table></div>`;
}

function cellHtml(cell: Cell): string {
  if (cell === null) return '<td class="none">–</td>';
  if (typeof cell === "number") return `<td class="number" title="${cell}">${formatNumber(cell)}</td>`;
  return `<td>${escapeHtml(cell)}</td>`;
}

/** What has no place in a page, or turns the direction of all that is written after it, is told by its number. */
function escapeHtml(text: string): string {
  return text
    .replace(
      /[\u202a-\u202e\u2066-\u2069]|[^\P{Cc}\t\n\r]/gu,
      (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
    )
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
