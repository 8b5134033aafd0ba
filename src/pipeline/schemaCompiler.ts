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

const require = createRequire(import.meta.url);
let compiler: Ajv | undefined;

/** The validator of a schema that is none of schemas/. Throws for what is not a schema. */
export function compileSchema(schema: Record<string, unknown>): ValidateFunction {
  // The code runs only a few times, so optimizing it takes longer than it saves.
  return (compiler ??= newCompiler({ code: { optimize: false }, strictTypes: false })).compile(schema);
}

/** The text of a CommonJS module with the validator of a schema. */
export function validatorModule(schema: Record<string, unknown>): string {
  const { default: standalone } = require("ajv/dist/standalone") as typeof import("ajv/dist/standalone/index.js");
  const ajv = newCompiler({ code: { source: true }, inlineRefs: false });
  return standalone(ajv, ajv.compile(schema));
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
