/** The documentation of a stage kind, from its definition and its schema. */
import type { Stage } from "./stage.js";

interface Schema {
  description?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  oneOf?: Schema[];
  /** What holds for text, where a mapping would do as well. */
  then?: Schema;
}

export function describeStage(stage: Stage, schema: Schema): string {
  const ports = Object.entries(stage.inputs).map(([port, { kinds, optional, many }]) => {
    const notes = [optional && "optional", many && "one or more"].filter(Boolean).join(", ");
    return `  ${port === "*" ? "<any name>" : port}: ${kinds.join(" or ")}${notes ? ` (${notes})` : ""}`;
  });
  return [
    `${stage.name}: ${schema.description}`,
    ...(ports.length > 0 ? ["", "from:", ...ports] : []),
    "",
    `output: ${stage.output}`,
    "",
    "with:",
    ...parameters(schema, "  "),
  ].join("\n");
}

function parameters(schema: Schema, indent: string): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, parameter]) => {
    const types = [parameter.type ?? []]
      .flat()
      .map((type) => (type === "string" ? parameter.then?.enum : [type]) ?? [type]);
    const facts = [
      parameter.enum ? parameter.enum.join(" | ") : types.map((names) => names.join(" | ")).join(" or "),
      schema.required?.includes(name) ? "required" : "",
      parameter.default !== undefined ? `default ${JSON.stringify(parameter.default)}` : "",
    ].filter((fact) => fact !== "");
    return [
      `${indent}${name} (${facts.join(", ")})${parameter.description ? `: ${parameter.description}` : ""}`,
      ...parameters(parameter, `${indent}  `),
    ];
  });
  const branches = (schema.oneOf ?? []).flatMap((branch) => {
    const kind = branch.properties?.kind?.const;
    const { kind: _, ...rest } = branch.properties ?? {};
    return [
      `${indent}kind: ${kind}${branch.description ? `: ${branch.description}` : ""}`,
      ...parameters({ ...branch, properties: rest }, `${indent}  `),
    ];
  });
  return own.length + branches.length > 0 ? [...own, ...branches] : indent === "  " ? [`${indent}(none)`] : [];
}
