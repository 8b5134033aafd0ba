import { readFile } from "node:fs/promises";

const scripts = new Map<string, Promise<string>>();

/**
 * A script of a report's page, in one piece, which `npm run build` makes from src/page: report for every page, scene
 * for one with figures in three dimensions.
 */
export function pageScript(name: "report" | "scene"): Promise<string> {
  const known = scripts.get(name) ?? readFile(new URL(`../page/${name}.js`, import.meta.url), "utf8");
  scripts.set(name, known);
  return known;
}
