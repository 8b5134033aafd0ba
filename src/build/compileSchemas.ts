import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { META_SCHEMA_FILE, metaValidatorModule, validatorModule } from "../pipeline/schemaCompiler.js";
import { schemaOf } from "../pipeline/schemas.js";
import { branchesApart } from "./branchesApart.js";

/**
 * Writes the validator of each schema of schemas/, and that of schemas, beside the program, because compiling one takes
 * longer than checking a pipeline.
 */
export function compileSchemas(): void {
  const target = new URL("../../schemas/", import.meta.url);
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(new URL("../../../schemas/", import.meta.url))) {
    const name = file.replace(/\.json$/, "");
    if (name !== "editor")
      writeFileSync(new URL(`${name}.cjs`, target), validatorModule(branchesApart(schemaOf(name))));
  }
  writeFileSync(new URL(`${META_SCHEMA_FILE}.cjs`, target), metaValidatorModule());
}
