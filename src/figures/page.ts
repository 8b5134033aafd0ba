import { createHash } from "node:crypto";
import { fontStyle } from "./fonts.js";
import { markdownHtml } from "./markdown.js";
import { overviewHtml } from "./overview.js";
import { controlsHtml, type PageFilm } from "./pageControls.js";
import type { PageData, PageScene } from "./pageData.js";
import { figureHtml, figuresHtml, type PageFigure } from "./pageFigures.js";
import { escapeHtml } from "./pageHtml.js";
import { pageScript } from "./pageScript.js";
import { pageStyle } from "./pageStyle.js";
import { type Cell, type PageTable, tableHtml } from "./pageTable.js";

/** A text in Markdown, the figures or the tables of a stage, or one of the standard final parts. */
export type PagePart =
  | { text: string }
  | { figure: string }
  | { table: string }
  | "pipeline"
  | "parameters"
  | "provenance";

/** The content of a report, in the order of the page. All strings are plain text. */
export interface PageContent {
  title: string;
  description: string;
  warnings: string[];
  /** Headline numbers. */
  tables: PageTable[];
  sections: { heading: string; note?: string; figures: PageFigure[] }[];
  /** The figures that also show in small at the top. */
  thumbnails?: PageFigure[];
  /** Figures that have a place in it show one after the other. */
  film?: PageFilm;
  /** The first parts, in this order. Parts that it does not name follow in the default order. */
  parts?: PagePart[];
  /** The text of the pipeline file. */
  config: string;
  /** Parameters after defaults and overrides, as name and value. */
  parameters: [string, string][];
  /** One row per step. */
  provenance: { columns: string[]; rows: Cell[][] };
  /** The data that link figures. The `id` of a figure comes from `figureId`. */
  data?: PageData;
  /** What the figures in three dimensions show. */
  scenes?: readonly PageScene[];
}

/** The id of the element of the figure at this place among all figures of the page. */
export const figureId = (place: number) => `f${place + 1}`;

/**
 * A report as one self-contained HTML page: one script of its own and nothing loaded from elsewhere, one embedded font
 * for all figures, readable on a phone, on a dark screen and on paper. Without scripts everything is there to read. Its
 * content security policy names the hashes of script and styles, so that no value from data can act.
 */
export async function reportPage(content: PageContent): Promise<string> {
  const { title, description, warnings, sections, data } = content;
  const figures = sections.flatMap((section) => section.figures);
  const fonts = /^<style>(.*)<\/style>$/s.exec(fontStyle(figures.map(({ svg }) => svg)))?.[1] ?? "";
  const ids = new Map(figures.map((figure, place) => [figure, figureId(place)]));
  const drawFigure = (figure: PageFigure) => figureHtml(figure, ids.get(figure) as string);
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    description && `<p class="text">${escapeHtml(description)}</p>`,
    warnings.length > 0 &&
      `<div class="warnings"><strong>Warnings</strong><ul>${warnings.map((text) => `<li>${escapeHtml(text)}</li>`).join("")}</ul></div>`,
    controlsHtml(data, content.film),
    ...bodyParts(content, drawFigure, ids),
  ];
  const { scenes = [] } = content;
  const scripts = [...(scenes.length > 0 ? [await pageScript("scene")] : []), await pageScript("report")];
  const styles = [pageStyle, fonts].filter(Boolean);
  const html = body.filter(Boolean).join("\n");
  const json = [
    data && data.landscapes.length > 0 && jsonHtml("cirque", data),
    scenes.length > 0 && jsonHtml("scenes", scenes),
  ].filter(Boolean);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy(scripts, styles, html)}">
<title>${escapeHtml(title)}</title>
${styles.map((style) => `<style>${style}</style>`).join("\n")}
</head>
<body>
<main>
${html}
</main>
${json.map((line) => `${line}\n`).join("")}${scripts.map((script) => `<script>${script}</script>`).join("\n")}
</body>
</html>
`;
}

/** Data for a script, as JSON that cannot end the element it stands in. */
function jsonHtml(id: string, data: unknown): string {
  const json = JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `<script type="application/json" id="${id}">${json}</script>`;
}

/** Only these scripts and these styles; of style attributes those that the figures have. */
function policy(scripts: readonly string[], styles: readonly string[], html: string): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const attributes = [...new Set([...html.matchAll(/<[^>]* style="([^"]*)"/g)].map(([, style]) => style))];
  const inline = attributes.length > 0 ? `; style-src-attr 'unsafe-hashes' ${attributes.map(hash).join(" ")}` : "";
  return `default-src 'none'; script-src ${scripts.map(hash).join(" ")}; style-src ${styles.map(hash).join(" ")}${inline}; img-src data:; font-src data:; base-uri 'none'; form-action 'none'`;
}

/**
 * The parts of a report in order: those that are named first, then the first table, small pictures, the other tables,
 * figures and the rest.
 */
function bodyParts(content: PageContent, draw: (figure: PageFigure) => string, ids: Map<PageFigure, string>) {
  const { tables, sections, thumbnails = [], parts = [] } = content;
  const ends = endParts(content);
  const tablePart = (table: PageTable) => `<h2>${escapeHtml(table.name)}</h2>\n${tableHtml(table, true)}`;
  const figures = sections.flatMap((section) => section.figures);
  const isOf = (stage: string) => (name: string) => name === stage || name.startsWith(`${stage} · `);
  const named = new Set<PageFigure | PageTable>();
  const chosen = parts.map((part) => {
    if (typeof part === "string") return ends[part];
    if ("text" in part) return markdownHtml(part.text, escapeHtml);
    if ("table" in part) {
      const own = tables.filter(({ name }) => isOf(part.table)(name));
      for (const table of own) named.add(table);
      return own.map(tablePart).join("\n");
    }
    const own = figures.filter(({ name }) => name === part.figure);
    for (const figure of own) named.add(figure);
    return `<section>\n${figuresHtml(own, draw)}\n</section>`;
  });
  const rest = sections.map((section) => ({ ...section, figures: section.figures.filter((one) => !named.has(one)) }));
  const kept = (["pipeline", "parameters", "provenance"] as const).filter((name) => !parts.includes(name));
  const [headline, ...others] = tables.filter((table) => !named.has(table)).map(tablePart);
  return [
    ...chosen,
    headline,
    overviewHtml(thumbnails, ids),
    ...others,
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

/** The end of every report. */
function endParts({ config, parameters, provenance }: PageContent) {
  const values: PageTable = { name: "parameters", columns: ["parameter", "value"], rows: parameters };
  return {
    pipeline: config && `<h2>Pipeline</h2>\n<pre tabindex="0">${escapeHtml(config)}</pre>`,
    parameters: parameters.length > 0 ? `<h2>Parameters</h2>\n${tableHtml(values)}` : "",
    provenance:
      provenance.rows.length > 0
        ? `<h2>Provenance</h2>\n${tableHtml({ name: "provenance", ...provenance }, true)}`
        : "",
  };
}
