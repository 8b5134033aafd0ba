/** Checks parameters against JSON Schemas: fills in the defaults and describes each fault. */
import { createRequire } from "node:module";
import type { ValidateFunction } from "ajv";
import type { Fault, Path } from "../text/fault.js";
import { type Context, compileSchema } from "./schemaCompiler.js";
import { pathOf, schemaFaults } from "./schemaFaults.js";

/** A JSON Schema, or the name of one in schemas/. */
export type SchemaSource = string | Record<string, unknown>;

/** The place of a file name in a value. */
export interface FileMention {
  path: Path;
  file: string;
}

/** Fills the defaults of a schema into `value` and returns its faults. `label` begins each message. */
export function validate(schema: SchemaSource, value: unknown, label: string): Fault[] {
  return validateParameters(schema, value, label).faults;
}

/**
 * The same, with the files in a `value` without faults: the texts that the schema marks with `"file": true`. A mark
 * inside a `oneOf` counts only in the branch that a `discriminator` chooses or that the text itself fits. `unknown`
 * leads to unknown values, whose faults are omitted.
 */
export function validateParameters(
  schema: SchemaSource,
  value: unknown,
  label: string,
  unknown: readonly Path[] = [],
): { faults: Fault[]; files: FileMention[] } {
  const validator = validatorOf(schema);
  const context: Context = { files: [] };
  if (!validator.call(context, value))
    return { faults: schemaFaults(validator.errors ?? [], value, label, unknown), files: [] };
  if (context.files.length === 0) return { faults: [], files: [] };
  const paths = [...new Set(context.files)].map((pointer) => pathOf(pointer, value));
  const textAt = (path: Path) => path.reduce((at, key) => (at as Record<string | number, unknown>)[key], value);
  return { faults: [], files: paths.map((path) => ({ path, file: textAt(path) as string })) };
}

const require = createRequire(import.meta.url);
const validators = new Map<SchemaSource, ValidateFunction>();

function validatorOf(schema: SchemaSource): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  const validator = typeof schema === "string" ? require(`../../schemas/${schema}.cjs`) : compileSchema(schema);
  validators.set(schema, validator);
  return validator;
}
