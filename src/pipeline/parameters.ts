/** Parameters against JSON Schemas: defaults filled in, and each fault said in words. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { ErrorObject, ValidateFunction } from "ajv";
import type { Fault, Path } from "../text/fault.js";
import { suggestion } from "../text/nearestName.js";
import { listed, shown } from "../text/words.js";
import { type Context, compileSchema } from "./schemaCompiler.js";

/** A JSON Schema, or the name of one in schemas/. */
export type SchemaSource = string | Record<string, unknown>;

const validators = new Map<SchemaSource, ValidateFunction>();

/**
 * The JSON Schema of a stage kind, or of "pipeline", with the shared schemas that it refers to ("$ref": "architecture.json")
 * in their places; keywords beside a reference go before those of its schema. Throws when schemas/ has none.
 */
export function schemaOf(name: string): Record<string, unknown> {
  const text = readFileSync(new URL(`../../../schemas/${name}.json`, import.meta.url), "utf8");
  return JSON.parse(text, (_key, value) => {
    if (typeof value?.$ref !== "string" || value.$ref.startsWith("#")) return value;
    const { $ref, ...own } = value;
    // What editors know of `with`; here each stage's own schema is asked, after values are put in.
    if ($ref === "editor.json") return {};
    const { $schema: _, ...shared } = schemaOf($ref.replace(/\.json$/, ""));
    return { ...shared, ...own };
  });
}

/** Fills the defaults of a schema into `value` and returns what is wrong with it; `label` begins each message. */
export function validate(schema: SchemaSource, value: unknown, label: string): Fault[] {
  return inspect(schema, value, label).faults;
}

/**
 * The same, and where a `value` without faults names files: the texts that a schema marks by `"file": true`. A mark inside a
 * `oneOf` counts only in the branch that a `discriminator` chooses or that the text itself fits.
 */
export function inspect(
  schema: SchemaSource,
  value: unknown,
  label: string,
): { faults: Fault[]; files: { path: Path; file: string }[] } {
  const validator = validatorOf(schema);
  const context: Context = { files: [] };
  if (!validator.call(context, value)) return { faults: faultsOf(validator.errors ?? [], value, label), files: [] };
  if (context.files.length === 0) return { faults: [], files: [] };
  const paths = [...new Set(context.files)].map((pointer) => pathOf(pointer, value));
  const textAt = (path: Path) => path.reduce((at, key) => (at as Record<string | number, unknown>)[key], value);
  return { faults: [], files: paths.map((path) => ({ path, file: textAt(path) as string })) };
}

const require = createRequire(import.meta.url);

function validatorOf(schema: SchemaSource): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  const validator = typeof schema === "string" ? require(`../../schemas/${schema}.cjs`) : compileSchema(schema);
  validators.set(schema, validator);
  return validator;
}

/** One more than are told, with those that are no faults of their own. */
const MOST_ERRORS = 200;

function faultsOf(errors: ErrorObject[], root: unknown, label: string): Fault[] {
  const told = errors.slice(0, MOST_ERRORS);
  const faults = told.map((error) => faultOf(error, root, label)).filter((fault) => fault !== undefined);
  const seen = new Set<string>();
  return faults.filter(({ path, message }) => {
    const key = JSON.stringify([path, message]);
    return !seen.has(key) && seen.add(key);
  });
}

function faultOf(error: ErrorObject, root: unknown, label: string): Fault | undefined {
  const path = pathOf(error.instancePath, root);
  const where = [label, ...path].filter((part) => part !== "").join(".") || "the file";
  const found = () => `${where} is ${shown(error.data)}`;
  const at = (message: string, below: Path = [], part: "key" | "value" = "value") => ({
    path: [...path, ...below],
    part,
    message,
  });
  const { params } = error;
  switch (error.keyword) {
    case "additionalProperties": {
      const name = params.additionalProperty as string;
      const known = Object.keys((error.parentSchema?.properties ?? {}) as object);
      const expected = known.length > 0 ? `; expected ${listed(known)}` : "";
      const guess = suggestion(name, known);
      return at(`${where} has no "${name}"${expected}${guess}`, [name], "key");
    }
    case "propertyNames": {
      const name = params.propertyName as string;
      return at(
        `${where} has the name "${name}"; expected letters, digits and "_", beginning with a letter`,
        [name],
        "key",
      );
    }
    case "required": {
      const name = params.missingProperty as string;
      const { description } = (error.parentSchema?.properties?.[name] ?? {}) as { description?: string };
      return at(`${where} lacks "${name}"${description ? `: ${description}` : ""}`);
    }
    case "enum": {
      const allowed = params.allowedValues as unknown[];
      const guess = typeof error.data === "string" ? suggestion(error.data, allowed.map(String)) : "";
      return at(`${found()}; expected ${listed(allowed.map(String))}${guess}`);
    }
    case "const":
      return at(`${found()}; expected ${shown(params.allowedValue)}`);
    case "discriminator": {
      const branches = (error.parentSchema?.oneOf ?? []) as { properties?: Record<string, { const?: string }> }[];
      const allowed = branches.map((branch) => branch.properties?.[params.tag as string]?.const ?? "");
      const tag = params.tagValue as unknown;
      const tagged = `${where}.${params.tag}`;
      if (tag === undefined) return at(`${where} lacks "${params.tag}"; expected ${listed(allowed)}`);
      return at(`${tagged} is ${shown(tag)}; expected ${listed(allowed)}${suggestion(String(tag), allowed)}`, [
        params.tag,
      ]);
    }
    case "if": // the fault in "then" is reported by itself
      return undefined;
    case "type": {
      const types = [params.type as string | string[]].flat();
      return at(`${found()}; expected ${types.map((type) => nouns[type] ?? type).join(" or ")}`);
    }
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return at(`${found()}; expected a number ${params.comparison} ${params.limit}`);
    case "minItems":
      return at(`${found()}; expected at least ${params.limit} ${params.limit === 1 ? "entry" : "entries"}`);
    case "maxItems":
      return at(`${found()}; expected at most ${params.limit} entries`);
    case "minProperties":
      return at(`${where} is empty; expected at least one entry`);
    case "maxLength":
      if (error.propertyName !== undefined)
        return at(`${where} has the name ${shown(error.data)}; expected at most ${params.limit} letters`);
      return at(`${found()}; expected at most ${params.limit} characters`);
    case "pattern":
      // Names are reported by propertyNames.
      if (error.propertyName !== undefined) return undefined;
      return at(`${found()}; expected text that matches ${params.pattern}`);
    default:
      return at(`${found()}: ${error.message}`);
  }
}

const nouns: Record<string, string> = {
  object: "a mapping",
  array: "a list",
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  null: "nothing",
};

/** A JSON pointer as a path; numbers where the data have a list. */
function pathOf(pointer: string, root: unknown): Path {
  const path: (string | number)[] = [];
  let at = root;
  for (const raw of pointer.split("/").slice(1)) {
    const name = raw.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(Array.isArray(at) ? Number(name) : name);
    at = (at as Record<string, unknown> | undefined)?.[name];
  }
  return path;
}
