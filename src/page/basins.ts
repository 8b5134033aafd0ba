import { formatNumber } from "../figures/numbers.js";
import { copy, csvOf, html } from "./dom.js";
import { type Landscape, simplifiedAt } from "./landscape.js";

export interface Chosen {
  landscape: Landscape;
  vertex: number;
}

const columns = ["landscape", "vertex", "loss", "merges at", "persistence", "samples", "share of samples", "mean loss"];

/** The basins that a reader has chosen, side by side in a table at the bottom of the page. */
export function comparison(fraction: () => number): { toggle(basin: Chosen): void; refresh(): void } {
  let chosen: Chosen[] = [];
  const body = html("tbody");
  const status = html("span", { role: "status" });
  const clear = html("button", { type: "button" }, "Clear");
  const save = html("button", { type: "button" }, "Copy as CSV");
  const head = html("tr", {}, ...columns.map((name) => html("th", { scope: "col" }, name)));
  const table = html("table", {}, html("thead", {}, head), body);
  const box = html("div", { class: "box", tabindex: "0", role: "region", "aria-label": "Table of basins" }, table);
  const tools = html("div", { class: "tools" }, html("h2", {}, "Basins"), save, clear, status);
  const panel = html("section", { class: "basins", "aria-label": "Basins to compare", hidden: true }, tools, box);
  document.body.append(panel);

  const rows = () =>
    chosen.map(({ landscape, vertex }) => {
      const { nodes, index, pairs } = simplifiedAt(landscape, fraction());
      const node = index.get(vertex);
      if (node === undefined)
        return [landscape.label, String(vertex), ...columns.slice(2).map(() => "below the threshold")];
      const { birthVertex, death, birth } = pairs();
      const bar = birthVertex.indexOf(vertex);
      const end = bar < 0 ? Number.NaN : death[bar];
      return [
        landscape.label,
        String(vertex),
        String(nodes.value[node]),
        bar < 0 ? "" : String(end),
        bar < 0 ? "" : String(Math.abs(end - birth[bar])),
        String(nodes.size[node]),
        String(nodes.size[node] / landscape.samples),
        String(nodes.meanLoss[node]),
      ];
    });
  const draw = () => {
    panel.hidden = chosen.length === 0;
    const cell = (text: string, k: number) =>
      k > 1 && text !== "" && !Number.isNaN(Number(text))
        ? html("td", { class: "number", title: text }, formatNumber(Number(text)))
        : html("td", {}, text);
    body.replaceChildren(...rows().map((row) => html("tr", {}, ...row.map(cell))));
  };
  clear.addEventListener("click", () => {
    chosen = [];
    draw();
  });
  save.addEventListener("click", async () => {
    status.textContent = (await copy(csvOf([columns, ...rows()])))
      ? "copied"
      : "the browser does not let this page copy";
  });
  return {
    toggle(basin) {
      const others = chosen.filter(({ landscape, vertex }) => landscape !== basin.landscape || vertex !== basin.vertex);
      chosen = others.length < chosen.length ? others : [...chosen, basin];
      draw();
    },
    refresh() {
      if (chosen.length > 0) draw();
    },
  };
}
