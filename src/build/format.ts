/** Part of `npm run format`: wraps comments that are too wide; biome does the rest. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { wrapComments } from "./wrapComments.js";

for (const folder of ["src", "stages", "test"]) {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const path = join(folder, name);
    const source = readFileSync(path, "utf8");
    const wrapped = wrapComments(source);
    if (wrapped !== source) writeFileSync(path, wrapped);
  }
}
