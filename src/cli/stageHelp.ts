/** The documentation of a stage kind, from its definition and its schema. */
import { stringify } from "../pipeline/yaml.js";
import type { Stage } from "../stage.js";

interface Schema {
  description?: string;
  type?: string | string[];
  file?: boolean;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
  discriminator?: { propertyName: string };
  oneOf?: Schema[];
  /** The type of text, when a mapping is also accepted. */
  then?: Schema;
}

/** The output of `cirque stages <kind>`, at most 100 columns wide. The last part is the first example of the schema. */
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
    ...exampleOf(stage.name, schema.examples?.[0]),
  ]
    .flatMap(wrapped)
    .join("\n");
}

function exampleOf(uses: string, params: unknown): string[] {
  if (params === undefined) return [];
  const isEmpty = typeof params === "object" && params !== null && Object.keys(params).length === 0;
  const text = stringify(
    { uses, ...(isEmpty ? {} : { with: params }) },
    { lineWidth: WIDTH - 2, flowCollectionPadding: true },
  );
  return [
    "",
    "example:",
    ...text
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`),
  ];
}

const WIDTH = 100;

/** Splits a line into several, with the later ones indented further. */
function wrapped(line: string): string[] {
  const indent = `${line.match(/^ */)?.[0]}    `;
  const lines: string[] = [];
  let rest = line;
  while (rest.length > WIDTH) {
    const space = rest.lastIndexOf(" ", WIDTH);
    if (space < indent.length) break;
    lines.push(rest.slice(0, space));
    rest = indent + rest.slice(space + 1);
  }
  return [...lines, rest];
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
      boundsOf(parameter),
      schema.required?.includes(name) ? "required" : "",
      parameter.default !== undefined ? `default ${JSON.stringify(parameter.default)}` : "",
    ].filter((fact) => fact !== "");
    return [
      `${indent}${name} (${facts.join(", ")})${parameter.description ? `: ${parameter.description}` : ""}`,
      ...parameters(parameter, `${indent}  `),
      ...entriesOf(parameter.items, `${indent}  `),
    ];
  });
  const branches = schema.oneOf ? branchesOf(schema.oneOf, schema.discriminator?.propertyName ?? "kind", indent) : [];
  return own.length + branches.length > 0 ? [...own, ...branches] : indent === "  " ? [`${indent}(none)`] : [];
}

/** What each entry of a list may hold, where entries are mappings. */
function entriesOf(items: Schema | undefined, indent: string): string[] {
  if (items?.properties === undefined && items?.oneOf === undefined) return [];
  return [`${indent}each:`, ...parameters(items, `${indent}  `)];
}

function boundsOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Schema): string {
  return [
    minimum !== undefined ? `≥ ${minimum}` : "",
    exclusiveMinimum !== undefined ? `> ${exclusiveMinimum}` : "",
    maximum !== undefined ? `≤ ${maximum}` : "",
    exclusiveMaximum !== undefined ? `< ${exclusiveMaximum}` : "",
  ]
    .filter(Boolean)
    .join(" and ");
}

/**
 * One block for each value of the parameter `tag`. Parameters with the same description in all branches come once, at
 * the end.
 */
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
