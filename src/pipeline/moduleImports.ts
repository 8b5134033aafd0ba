/** The files that a user's module imports. They enter the keys of its steps, as the module itself does. */
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

const MOST_FILES = 1000;
/** `from "./a.js"`, `import "./a.js"`, `import("./a.js")` and `require("./a.js")`. */
const SPECIFIER = /\b(?:from|import|require)\s*\(?\s*(["'])(\.{1,2}\/[^"'\n]+)\1/g;
/** Endings that `require` may leave out. */
const ENDINGS = ["", ".js", ".cjs", ".mjs", ".json", "/index.js"];

/** The absolute paths of the files that a module imports by relative paths, directly or through others. */
export function moduleImports(path: string): string[] {
  const found = new Set([path]);
  // The set grows during the loop.
  for (const importer of found) {
    if (found.size > MOST_FILES || !/\.[cm]?js$/.test(importer)) continue;
    for (const [, , specifier] of readFileSync(importer, "utf8").matchAll(SPECIFIER)) {
      const base = resolve(dirname(importer), specifier.replace(/[?#].*$/, ""));
      const imported = ENDINGS.map((ending) => base + ending).find(isFile);
      if (imported !== undefined) found.add(imported);
    }
  }
  found.delete(path);
  return [...found];
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
