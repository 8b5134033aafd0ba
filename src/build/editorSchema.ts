import { readFileSync } from "node:fs";

interface Schema {
  [keyword: string]: unknown;
  properties?: Record<string, Schema>;
  oneOf?: Schema[];
  discriminator?: { propertyName: string };
}

/** A text that contains `${name}` may stand for any value, because the pipeline replaces it. */
const substituted = { type: "string", pattern: "\\$\\{" };

/**
 * The schema that editors use for a stage of a pipeline: `uses` decides which schema checks `with`. A text with `${…}`
 * may stand for any value. Each schema of a stage, and each shared one, is one definition.
 */
export function editorSchema(kinds: readonly string[]): Schema {
  const definitions: Record<string, Schema> = {};
  const define = (name: string): Schema => {
    if (!(name in definitions)) {
      definitions[name] = {};
      const { $schema: _, examples, ...schema } = readSchema(name);
      definitions[name] = { ...admitting(schema, define), ...(examples ? { examples } : {}) };
    }
    return { $ref: `#/definitions/${name}` };
  };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $comment: "npm run build makes this file from the other schemas.",
    allOf: kinds.map((kind) => ({
      if: { properties: { uses: { const: kind } }, required: ["uses"] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { with: define(kind) } },
    })),
    definitions,
  };
}

export function readSchema(name: string): Schema {
  return JSON.parse(readFileSync(new URL(`../../../schemas/${name}.json`, import.meta.url), "utf8"));
}

type Define = (name: string) => Schema;

/** The same schema, but a text with `${…}` may stand for any value, at every depth. */
function admitting(schema: Schema, define: Define): Schema {
  const { file: _, discriminator, oneOf, $ref, ...own } = schema;
  const value = (inner: unknown) => (typeof inner === "object" ? orSubstituted(inner as Schema, define) : inner);
  const result: Schema = { ...own, ...(typeof $ref === "string" ? define($ref.replace(/\.json$/, "")) : {}) };
  for (const keyword of ["items", "additionalProperties"]) if (keyword in own) result[keyword] = value(own[keyword]);
  if (Array.isArray(own.items)) result.items = own.items.map(value);
  if (own.properties) result.properties = mapped(own.properties, (inner) => orSubstituted(inner, define));
  for (const keyword of ["then", "else"]) {
    if (keyword in own) result[keyword] = admitting(own[keyword] as Schema, define);
  }
  if (oneOf && discriminator) {
    // The choice becomes conditions on the tag, so editors complete only the keys of the chosen branch.
    const tag = discriminator.propertyName;
    const values = oneOf.map((branch) => branch.properties?.[tag]?.const);
    result.properties = {
      ...result.properties,
      [tag]: orSubstituted({ description: branchTexts(oneOf, tag), enum: values }, define),
    };
    result.required = [...new Set([...((own.required as string[]) ?? []), tag])];
    const chosen = oneOf.map((branch, i) => ({
      if: { properties: { [tag]: { const: values[i] } }, required: [tag] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: admitting(branch, define),
    }));
    // When a value makes the choice, any key of a branch is possible.
    const keys = [own, ...oneOf].flatMap(({ properties = {} }) => Object.keys(properties));
    const open = {
      if: { properties: { [tag]: substituted }, required: [tag] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: Object.fromEntries(keys.map((key) => [key, true])), additionalProperties: false },
    };
    result.allOf = oneOf.every((branch) => branch.additionalProperties === false) ? [...chosen, open] : chosen;
  } else if (oneOf) {
    result.anyOf = oneOf.map((branch) => admitting(branch, define));
  }
  return result;
}

function orSubstituted(schema: Schema, define: Define): Schema {
  const { title, description, default: given, examples, ...rest } = schema;
  const told = Object.fromEntries(
    Object.entries({ title, description, default: given, examples }).filter(([, value]) => value !== undefined),
  );
  // Editors complete an enum in `anyOf`, and the keys of a mapping under a condition as well.
  if (rest.enum) return { ...told, anyOf: [admitting(rest, define), substituted] };
  return { ...told, if: substituted, else: admitting(rest, define) };
}

function branchTexts(branches: readonly Schema[], tag: string): string {
  return branches.map(({ properties, description }) => `${properties?.[tag]?.const}: ${description ?? ""}`).join("\n");
}

function mapped<T>(values: Record<string, T>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
