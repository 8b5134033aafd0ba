/**
 * JSON Schemas as functions. Those of schemas/ are compiled when the program is built, because that takes longer than a
 * check.
 */
import { createRequire } from "node:module";
import type { Ajv, KeywordCxt, Options, ValidateFunction } from "ajv";

/** The `this` of a validator. */
export interface Context {
  /** JSON pointers to the texts that name files, which a schema marks with `"file": true`. */
  files: string[];
}

/** JSON Schema in its draft 7, and the name of its validator beside those of schemas/. */
const META_SCHEMA = "http://json-schema.org/draft-07/schema#";
export const META_SCHEMA_FILE = "draft-07";

const require = createRequire(import.meta.url);
let compiler: Ajv | undefined;

/** The validator of a schema that is none of schemas/. Throws for what is not a schema. */
export function compileSchema(schema: Record<string, unknown>): ValidateFunction {
  // The code runs only a few times, so optimizing it takes longer than it saves.
  const options: Options = { code: { optimize: false }, strictTypes: false };
  if (isSchema(schema)) {
    compiler ??= newCompiler({ ...options, meta: false, validateSchema: false });
    try {
      return compiler.compile(schema);
    } catch {
      // It refers to the schema of schemas, or the fault is told below.
    }
  }
  return newCompiler(options).compile(schema);
}

/** True when the schema of schemas, compiled by the build, accepts it. */
function isSchema(schema: Record<string, unknown>): boolean {
  const { $schema = META_SCHEMA } = schema;
  const validator: ValidateFunction = require(`../../schemas/${META_SCHEMA_FILE}.cjs`);
  return $schema === META_SCHEMA && validator(schema);
}

/** The text of a CommonJS module with the validator of schemas. */
export function metaValidatorModule(): string {
  const ajv = newCompiler({ code: { source: true }, useDefaults: false });
  return standaloneOf(ajv, ajv.getSchema(META_SCHEMA) as ValidateFunction);
}

/** The text of a CommonJS module with the validator of a schema. */
export function validatorModule(schema: Record<string, unknown>): string {
  const ajv = newCompiler({ code: { source: true }, inlineRefs: false });
  return standaloneOf(ajv, ajv.compile(schema));
}

function standaloneOf(ajv: Ajv, validator: ValidateFunction): string {
  const { default: standalone } = require("ajv/dist/standalone") as typeof import("ajv/dist/standalone/index.js");
  return standalone(ajv, validator);
}

/** Loaded on demand, because most pipelines have no schemas of their own. */
function newCompiler(options: Options): Ajv {
  const { Ajv, _, nil } = require("ajv") as typeof import("ajv");
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    discriminator: true,
    allowUnionTypes: true,
    verbose: true,
    passContext: true,
    ...options,
  });
  ajv.addKeyword({
    keyword: "file",
    type: "string",
    schemaType: "boolean",
    errors: false,
    code({ gen, schema, it }: KeywordCxt) {
      const below = it.errorPath.emptyStr() ? nil : _` + ${it.errorPath}`;
      if (schema === true) gen.code(_`this.files.push(instancePath${below})`);
    },
  });
  return ajv;
}
