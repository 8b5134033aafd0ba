import { formatNumber } from "./numbers.js";
import { escapeHtml } from "./pageHtml.js";

export type Cell = string | number | null;

/** A table of the page; numbers are shown with 4 digits and keep all of them in a tooltip. */
export interface PageTable {
  name: string;
  columns: string[];
  rows: Cell[][];
  /** The columns that show at first; the others are a click away. Default: all. */
  shown?: readonly string[];
  /** What was left out. */
  note?: string;
}

/**
 * A table in a box that scrolls sideways. Without the page's script all columns show; the script adds sorting, a
 * filter and the choice of columns to a table with the class `explored`.
 */
export function tableHtml({ name, columns, rows, shown }: PageTable, isExplored = false): string {
  const numeric = columns.map((_, k) => rows.some((row) => typeof row[k] === "number"));
  const more = columns.map((column) => shown !== undefined && !shown.includes(column));
  const classes = (k: number, ...others: (string | false)[]) => {
    const all = [...others, more[k] && "more"].filter(Boolean).join(" ");
    return all ? ` class="${all}"` : "";
  };
  const head = columns.map(
    (column, k) => `<th scope="col"${classes(k, numeric[k] && "number")}>${breakable(column)}</th>`,
  );
  const cellHtml = (cell: Cell, k: number) => {
    if (cell === null) return `<td${classes(k, "none")}>–</td>`;
    if (typeof cell === "number") return `<td${classes(k, "number")} title="${cell}">${formatNumber(cell)}</td>`;
    return `<td${classes(k)}>${escapeHtml(cell)}</td>`;
  };
  const lines = rows.map((row) => `<tr>${row.map(cellHtml).join("")}</tr>`);
  const table = `<table>\n<thead><tr>${head.join("")}</tr></thead>\n<tbody>\n${lines.join("\n")}\n</tbody>\n</table>`;
  const label = escapeHtml(`Table ${name}`);
  return `<div class="box${isExplored ? " explored" : ""}" tabindex="0" role="region" aria-label="${label}">${table}</div>`;
}

/** A name that may go on in the next line after a dot. */
const breakable = (column: string) => escapeHtml(column).replaceAll(".", ".<wbr>");
