/** A plan as a mermaid flowchart: one box a stage, with its kind and the matrix values it is repeated over. */
import type { Plan } from "./plan.js";

export function mermaid({ steps }: Plan): string {
  const stages = [...new Set(steps.map(({ stage }) => stage))].map((stage) => ({
    stage,
    repeated: steps.filter((step) => step.stage === stage),
  }));
  const id = new Map(stages.map(({ stage }, i) => [stage, `s${i}`]));
  const boxes = stages.map(({ stage, repeated }) => {
    const [{ definition, point }] = repeated;
    const axes = Object.keys(point);
    const times = axes.length > 0 ? `<br/>${repeated.length} × ${axes.join(", ")}` : "";
    return `  ${id.get(stage)}["${stage}<br/><i>${definition.name}</i>${times}"]`;
  });
  const arrows = stages.flatMap(({ stage, repeated: [{ inputs }] }) =>
    Object.entries(inputs).flatMap(([port, sources]) =>
      [...new Set(sources.map((source) => source.stage))].map(
        (source) => `  ${id.get(source)} -->|${port}| ${id.get(stage)}`,
      ),
    ),
  );
  return ["flowchart LR", ...boxes, ...arrows].join("\n");
}
