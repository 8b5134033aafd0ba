/** Part of the build: writes the validator of each schema of schemas/ beside the program. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { validatorModule } from "./schemaCompiler.js";
import { schemaOf } from "./schemas.js";

const target = new URL("../../schemas/", import.meta.url);
mkdirSync(target, { recursive: true });
for (const file of readdirSync(new URL("../../../schemas/", import.meta.url))) {
  const name = file.replace(/\.json$/, "");
  if (name !== "editor") writeFileSync(new URL(`${name}.cjs`, target), validatorModule(schemaOf(name)));
}
