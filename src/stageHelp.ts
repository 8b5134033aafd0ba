/** The documentation of a stage kind, from its definition and its schema. */
import type { Stage } from "./stage.js";

interface Schema {
  description?: string;
  type?: string | string[];
  file?: boolean;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  discriminator?: { propertyName: string };
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
    schema.description ? `${stage.name}: ${schema.description}` : stage.name,
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
      parameter.enum
        ? parameter.enum.join(" | ")
        : parameter.file
          ? "file"
          : types.map((names) => names.join(" | ")).join(" or "),
      schema.required?.includes(name) ? "required" : "",
      parameter.default !== undefined ? `default ${JSON.stringify(parameter.default)}` : "",
    ].filter((fact) => fact !== "");
    return [
      `${indent}${name} (${facts.join(", ")})${parameter.description ? `: ${parameter.description}` : ""}`,
      ...parameters(parameter, `${indent}  `),
    ];
  });
  const branches = schema.oneOf ? branchesOf(schema.oneOf, schema.discriminator?.propertyName ?? "kind", indent) : [];
  return own.length + branches.length > 0 ? [...own, ...branches] : indent === "  " ? [`${indent}(none)`] : [];
}

/** One block for each value of the parameter `tag`; parameters that all branches describe alike come once, at the end. */
function branchesOf(branches: Schema[], tag: string, indent: string): string[] {
  const [first] = branches;
  const alike = (name: string) =>
    branches.every(({ properties }) => JSON.stringify(properties?.[name]) === JSON.stringify(first.properties?.[name]));
  const shared = branches.length > 1 ? Object.entries(first.properties ?? {}).filter(([name]) => alike(name)) : [];
  const names = [tag, ...shared.map(([name]) => name)];
  const own = branches.flatMap((branch) => {
    const rest = Object.entries(branch.properties ?? {}).filter(([name]) => !names.includes(name));
    return [
      `${indent}${tag}: ${branch.properties?.[tag]?.const}${branch.description ? `: ${branch.description}` : ""}`,
      ...parameters({ ...branch, properties: Object.fromEntries(rest) }, `${indent}  `),
    ];
  });
  const common = parameters({ properties: Object.fromEntries(shared) }, `${indent}  `);
  return shared.length > 0 ? [...own, `${indent}any ${tag}:`, ...common] : own;
}
