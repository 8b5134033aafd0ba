import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isKernel } from "./compileKernels.js";

/** The folders that the compiler reads, and the source of each type of file that it writes. */
const folders = ["src", "stages", "test"];
/** Programs for browsers, in one piece each: bundlePage makes them. */
const isPage = (folder: string, name: string) => join(folder, name).startsWith(join("src", "page"));
/** Read by tests, not by the compiler. */
const isFixture = (folder: string, name: string) => join(folder, name).startsWith(join("test", "fixtures"));
const output = /\.(js|js\.map|d\.ts)$/;

/**
 * Removes the output in dist/ of sources that have been moved or deleted since, which the incremental compiler leaves.
 * Throws Error when dist/ lacks the output of a source, because the compiler believes that it exists.
 */
export function matchSources(root: URL): void {
  const at = (...path: string[]) => join(fileURLToPath(root), ...path);
  for (const folder of folders) {
    for (const name of filesBelow(at("dist", folder))) {
      const source = name.replace(output, ".ts");
      if (source !== name && !isPage(folder, name) && !existsSync(at(folder, source))) rmSync(at("dist", folder, name));
    }
    for (const name of filesBelow(at(folder))) {
      if (
        !name.endsWith(".ts") ||
        name.endsWith(".d.ts") ||
        isKernel(name) ||
        isFixture(folder, name) ||
        isPage(folder, name)
      )
        continue;
      const compiled = at("dist", folder, name.replace(/ts$/, "js"));
      if (!existsSync(compiled)) throw new Error(`${compiled} is missing; remove the folder dist and build again`);
    }
  }
  const schemas = at("dist", "schemas");
  for (const name of existsSync(schemas) ? readdirSync(schemas) : []) {
    if (!existsSync(at("schemas", name.replace(/cjs$/, "json")))) rmSync(join(schemas, name));
  }
}

const filesBelow = (folder: string) => (existsSync(folder) ? readdirSync(folder, { recursive: true }) : []) as string[];
