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
  additionalProperties?: boolean | Schema;
  required?: string[];
  discriminator?: { propertyName: string };
  /** Blocks that a discriminator tells apart, or alternatives. */
  oneOf?: Schema[];
  anyOf?: Schema[];
  /** The type of text or of a list, when something else is also accepted. */
  then?: Schema;
  else?: Schema;
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
    const facts = [
      typeOf(parameter),
      boundsOf(parameter),
      schema.required?.includes(name) ? "required" : "",
      parameter.default !== undefined ? `default ${JSON.stringify(parameter.default)}` : "",
    ].filter((fact) => fact !== "");
    return [
      `${indent}${name} (${facts.join(", ")})${parameter.description ? `: ${parameter.description}` : ""}`,
      ...parameters(parameter, `${indent}  `),
    ];
  });
  const branches =
    schema.oneOf && schema.discriminator ? branchesOf(schema.oneOf, schema.discriminator.propertyName, indent) : [];
  const within = [...own, ...branches, ...anyName(schema, indent), ...entriesOf(schema.items, indent)];
  const alternatives = alternativesOf(schema);
  // A list of what may also stand alone needs no second description.
  const listsOne = ({ items }: Schema) =>
    alternatives.some((other) => items && JSON.stringify(items) === JSON.stringify(other));
  const others = alternatives.filter((one) => !listsOne(one)).flatMap((one) => parameters(one, indent));
  const all = [...within, ...others];
  return all.length > 0 ? all : indent === "  " ? [`${indent}(none)`] : [];
}

/** The type or the values of a parameter, in words: "number or object", "linear | log". */
function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.file) return "file";
  if (schema.type === undefined) {
    const alternatives = alternativesOf(schema).map(typeOf);
    return alternatives.length > 0 ? [...new Set(alternatives)].join(" or ") : "object";
  }
  return [schema.type]
    .flat()
    .map((type) => ((type === "string" ? schema.then?.enum : undefined) ?? [type]).join(" | "))
    .join(" or ");
}

/** What may stand in one place, where nothing but its type tells it apart. */
function alternativesOf(schema: Schema): Schema[] {
  if (schema.oneOf && !schema.discriminator) return schema.oneOf;
  if (schema.anyOf?.every((alternative) => typeOf(alternative) !== "object" || alternative.properties))
    return schema.anyOf;
  return schema.type === undefined && schema.then && schema.else ? [schema.then, schema.else] : [];
}

/** What the mapping may hold under names of your own, where these are mappings. */
function anyName({ additionalProperties: values }: Schema, indent: string): string[] {
  if (typeof values !== "object" || values.properties === undefined) return [];
  return [`${indent}<any name> (${typeOf(values)}):`, ...parameters(values, `${indent}  `)];
}

/** What each entry of a list may hold, where entries are mappings. */
function entriesOf(items: Schema | undefined, indent: string): string[] {
  const inner = items ? parameters(items, `${indent}  `) : [];
  return inner.length > 0 ? [`${indent}each:`, ...inner] : [];
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
