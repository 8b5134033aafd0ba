/**
 * JSON Schemas as functions: those of schemas/ are made when the program is built, since that takes longer than a
 * check.
 */
import { createRequire } from "node:module";
import type { Ajv, KeywordCxt, Options, ValidateFunction } from "ajv";

/** What a validator is called with, as `this`. */
export interface Context {
  /** JSON pointers to the texts that name files: what a schema marks by `"file": true`. */
  files: string[];
}

const require = createRequire(import.meta.url);
let compiler: Ajv | undefined;

/** The validator of a schema that is none of schemas/. Throws for what is not a schema. */
export function compileSchema(schema: Record<string, unknown>): ValidateFunction {
  // The code is run a few times only: making it smaller takes longer than it gives.
  return (compiler ??= newCompiler({ code: { optimize: false }, strictTypes: false })).compile(schema);
}

/** The text of a CommonJS module that is the validator of a schema. */
export function validatorModule(schema: Record<string, unknown>): string {
  const { default: standalone } = require("ajv/dist/standalone") as typeof import("ajv/dist/standalone/index.js");
  const ajv = newCompiler({ code: { source: true }, inlineRefs: false });
  return standalone(ajv, ajv.compile(schema));
}

/** Loaded when it is needed: most pipelines have no schemas of their own. */
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
