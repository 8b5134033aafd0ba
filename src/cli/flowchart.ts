/** A plan as a flowchart: one box per stage, with its kind and the matrix axes that repeat it. */
import type { Plan } from "../pipeline/plan.js";
import type { Arrow, Box, Chart } from "./chart.js";

export type ChartFormat = "mermaid" | "dot" | "svg";

export async function flowchart(plan: Plan, format: ChartFormat): Promise<string> {
  const chart = chartOf(plan);
  switch (format) {
    case "mermaid":
      return mermaid(chart);
    case "dot":
      return dot(chart);
    case "svg":
      return (await import("./flowchartSvg.js")).flowchartSvg(chart);
    default:
      return format satisfies never;
  }
}

function chartOf({ steps }: Plan): Chart {
  const repeated = new Map<string, Plan["steps"]>();
  for (const step of steps) {
    const group = repeated.get(step.stage);
    if (group) group.push(step);
    else repeated.set(step.stage, [step]);
  }
  const boxes = [...repeated].map(([stage, of], i): Box => {
    const axes = Object.keys(of[0].point);
    const times = axes.length > 0 ? `${of.length} × ${axes.join(", ")}` : "";
    return { id: `s${i}`, stage, kind: of[0].definition.name, times };
  });
  const byStage = new Map(boxes.map((box) => [box.stage, box]));
  const arrows = boxes.flatMap((to) => {
    const [{ inputs, definition }] = repeated.get(to.stage) as Plan["steps"];
    const drawn = Object.entries(inputs).filter(([port]) => !definition.inputs[port]?.implied);
    return drawn.flatMap(([port, sources]) =>
      [...new Set(sources.map(({ stage }) => stage))].map(
        (source): Arrow => ({ from: byStage.get(source) as Box, to, port }),
      ),
    );
  });
  return { boxes, arrows };
}

function mermaid({ boxes, arrows }: Chart): string {
  const lines = boxes.map(({ id, stage, kind, times }) => {
    const label = `${stage}<br/><i>${kind}</i>${times ? `<br/>${times}` : ""}`;
    return `  ${id}["${label.replaceAll('"', "#quot;")}"]`;
  });
  const links = arrows.map(({ from, to, port }) => `  ${from.id} -->|${port}| ${to.id}`);
  return ["flowchart LR", ...lines, ...links].join("\n");
}

function dot({ boxes, arrows }: Chart): string {
  const lines = boxes.map(({ id, stage, kind, times }) => {
    const label = [stage, kind, times].filter(Boolean).join("\n");
    return `  ${id} [label=${JSON.stringify(label)}];`;
  });
  const links = arrows.map(({ from, to, port }) => `  ${from.id} -> ${to.id} [label=${JSON.stringify(port)}];`);
  return ["digraph {", "  rankdir=LR;", "  node [shape=box];", ...lines, ...links, "}"].join("\n");
}
