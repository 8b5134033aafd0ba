/** The script of the page that `cirque open` serves: the steps of a pipeline, its figures as they come, its report. */
import { html } from "./dom.js";

interface StepView {
  id: string;
  uses: string;
  kind: string;
  state: string;
  fraction?: number;
  note?: string;
  error?: string;
}

const find = <T extends Element>(selector: string) => document.querySelector(selector) as T;
const rows = new Map<string, HTMLTableRowElement>();
const steps = new Map<string, StepView>();
const shown = new Set<string>();
const isThere = ({ state }: StepView) => state === "cached" || state === "done";
const addressOf = (route: string, { id }: StepView) => `${route}?step=${encodeURIComponent(id)}`;

const events = new EventSource("events");
events.addEventListener("pipeline", ({ data }) => {
  const {
    name,
    description,
    steps: all,
  } = JSON.parse(data) as { name: string; description: string; steps: StepView[] };
  document.title = `${name} · Cirque`;
  find("h1").textContent = name;
  find("#description").textContent = description;
  all.forEach(take);
  tell();
});
events.addEventListener("steps", ({ data }) => {
  (JSON.parse(data) as { steps: StepView[] }).steps.forEach(take);
  tell();
});
events.addEventListener("error", () => {
  find("#counts").textContent = "cirque has ended; what is here stays until you close the page";
});

function take(step: StepView): void {
  steps.set(step.id, step);
  const row = rowOf(step);
  row.dataset.state = step.state;
  row.cells[0].textContent = step.state;
  const bar = html("progress", { "aria-label": `Progress of ${step.id}` });
  if (step.fraction !== undefined) bar.value = step.fraction;
  row.cells[3].replaceChildren(...(step.state === "running" ? [bar, ` ${step.note ?? ""}`] : [step.error ?? ""]));
  if (isThere(step)) arrive(step);
  else shown.delete(step.id);
}

function rowOf(step: StepView): HTMLTableRowElement {
  const known = rows.get(step.id);
  if (known) return known;
  const ask = (["log", "why"] as const).map((what) => {
    const button = html("button", { type: "button", "aria-label": `${what} of ${step.id}` }, what);
    button.addEventListener("click", () => answer(what, step));
    return button;
  });
  const cells = ["", step.id, step.uses, ""].map((text) => html("td", {}, text));
  const row = html("tr", {}, ...cells, html("td", {}, ask[0], " ", ask[1]));
  rows.set(step.id, row);
  find("tbody").append(row);
  return row;
}

async function answer(what: "log" | "why", step: StepView): Promise<void> {
  const box = find<HTMLElement>("#said");
  box.hidden = false;
  (box.querySelector("h2") as HTMLElement).textContent = `${what} of ${step.id}`;
  (box.querySelector("pre") as HTMLElement).textContent = await (await fetch(addressOf(what, step))).text();
}

/** A figure joins the others; a report takes their place. */
function arrive(step: StepView): void {
  if (shown.has(step.id)) return;
  shown.add(step.id);
  if (step.kind === "figure") {
    const image = html("img", { src: addressOf("figure", step), alt: step.id, loading: "lazy" });
    find(".figures").append(html("figure", {}, image, html("figcaption", {}, step.id)));
  }
  if (step.kind === "report") {
    const frame = html("iframe", { src: addressOf("report", step), title: `Report ${step.id}` });
    find("#reports").append(frame);
    find<HTMLDetailsElement>("#progress").open = [...steps.values()].some(({ state }) => state === "running");
  }
}

function tell(): void {
  const counts = new Map<string, number>();
  for (const { state } of steps.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
  find("#counts").textContent = [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
  const hasReport = [...steps.values()].some((step) => step.kind === "report" && isThere(step));
  const hasFigure = [...steps.values()].some((step) => step.kind === "figure" && isThere(step));
  find<HTMLElement>("#figures").hidden = hasReport || !hasFigure;
}
