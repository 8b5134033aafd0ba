import { copy, csvOf, html } from "./dom.js";

/** Gives the tables of the class `explored` their tools: sorting, a filter, the choice of columns, CSV. */
export function exploreTables(): void {
  for (const box of document.querySelectorAll<HTMLElement>(".explored")) {
    const table = box.querySelector("table");
    if (table) explore(box, table);
  }
}

function explore(box: HTMLElement, table: HTMLTableElement): void {
  const heads = [...(table.tHead?.rows[0].cells ?? [])];
  const body = table.tBodies[0];
  for (const [k, head] of heads.entries()) makeSortable(head, heads, body, k);
  const status = html("span", { role: "status" });
  const filter = html("input", { type: "search", placeholder: "Filter rows", "aria-label": "Filter rows" });
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of body.rows) {
      const shownCells = [...row.cells].filter((cell) => !cell.classList.contains("more"));
      const text = shownCells
        .map((cell) => cell.textContent ?? "")
        .join("\n")
        .toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown++;
    }
    status.textContent = words.length > 0 ? `${shown} of ${body.rows.length} rows` : "";
  });
  const button = html("button", { type: "button" }, "Copy as CSV");
  button.addEventListener("click", async () => {
    status.textContent = (await copy(shownCsv(table))) ? "copied" : "the browser does not let this page copy";
  });
  box.before(html("div", { class: "tools" }, filter, columnChoice(table, heads), button, status));
}

function makeSortable(
  head: HTMLTableCellElement,
  heads: HTMLTableCellElement[],
  body: HTMLTableSectionElement,
  k: number,
) {
  const button = html("button", { type: "button" }, ...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const isUp = head.getAttribute("aria-sort") !== "ascending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", isUp ? "ascending" : "descending");
    const sign = isUp ? 1 : -1;
    const rows = [...body.rows].map((row) => ({ row, cell: row.cells[k] }));
    rows.sort((a, b) => sign * compare(a.cell, b.cell) || 0);
    body.append(...rows.map(({ row }) => row));
  });
}

/** Numbers by their full value, before texts; cells without a value last. */
function compare(a: HTMLTableCellElement, b: HTMLTableCellElement): number {
  const [x, y] = [a, b].map(cellValue);
  if (typeof x === "number" && typeof y === "number") return x === y ? 0 : x < y || Number.isNaN(y) ? -1 : 1;
  if (typeof x === "number") return -1;
  if (typeof y === "number") return 1;
  return x.localeCompare(y, "en", { numeric: true });
}

/** A number's cell keeps all of its digits in its title. */
function cellValue(cell: HTMLTableCellElement): number | string {
  const text = cell.textContent ?? "";
  if (cell.classList.contains("number")) return Number(cell.title);
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function columnChoice(table: HTMLTableElement, heads: HTMLTableCellElement[]): HTMLElement {
  const fields = html("fieldset", {}, html("legend", { class: "sr" }, "Columns"));
  for (const [k, head] of heads.entries()) {
    const name = head.textContent ?? "";
    const box = html("input", { type: "checkbox" });
    box.checked = !head.classList.contains("more");
    box.addEventListener("change", () => {
      for (const row of table.rows) row.cells[k].classList.toggle("more", !box.checked);
      tell();
    });
    fields.append(html("label", {}, box, ` ${name}`));
  }
  const summary = html("summary");
  const tell = () => {
    const shown = heads.filter((head) => !head.classList.contains("more")).length;
    summary.textContent = shown === heads.length ? `Columns: ${shown}` : `Columns: ${shown} of ${heads.length}`;
  };
  tell();
  return html("details", {}, summary, fields);
}

/** The rows and columns that show, in their order; numbers with all digits. */
function shownCsv(table: HTMLTableElement): string {
  const rows = [...table.rows].filter((row) => !row.hidden);
  return csvOf(
    rows.map((row) =>
      [...row.cells]
        .filter((cell) => !cell.classList.contains("more"))
        .map((cell) =>
          cell.classList.contains("number") && cell.title ? cell.title : (cell.textContent ?? "").replace(/^–$/, ""),
        ),
    ),
  );
}
