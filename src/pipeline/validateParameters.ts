/** Checks parameters against JSON Schemas: fills in the defaults and describes each fault. */
import { createRequire } from "node:module";
import type { ErrorObject, ValidateFunction } from "ajv";
import { type Fault, type Path, valueAt } from "../text/fault.js";
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
 * leads to unknown values, whose faults are omitted. `textAt` gives the text of a value that the file writes as a
 * reference: such a value becomes its text if the schema expects text there, so that title: "${beta}" is one.
 */
export function validateParameters(
  schema: SchemaSource,
  value: unknown,
  label: string,
  unknown: readonly Path[] = [],
  textAt: (path: Path) => string | undefined = () => undefined,
): { faults: Fault[]; files: FileMention[] } {
  const validator = validatorOf(schema);
  const context: Context = { files: [] };
  const isValid = () => validator.call(context, value) as boolean;
  if (!isValid() && !(writeTexts(validator.errors ?? [], value, textAt) && isValid()))
    return { faults: schemaFaults(validator.errors ?? [], value, label, unknown), files: [] };
  if (context.files.length === 0) return { faults: [], files: [] };
  const paths = [...new Set(context.files)].map((pointer) => pathOf(pointer, value));
  return { faults: [], files: paths.map((path) => ({ path, file: valueAt(value, path) as string })) };
}

/** Writes the text of references where text is expected. Returns false if there is none to write. */
function writeTexts(errors: readonly ErrorObject[], root: unknown, textAt: (path: Path) => string | undefined) {
  let isWritten = false;
  for (const { keyword, params, instancePath } of errors) {
    if (keyword !== "type" || params.type !== "string") continue;
    const path = pathOf(instancePath, root);
    const text = textAt(path);
    if (text === undefined) continue;
    (valueAt(root, path.slice(0, -1)) as Record<string | number, unknown>)[path[path.length - 1]] = text;
    isWritten = true;
  }
  return isWritten;
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
