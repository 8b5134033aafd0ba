import { readFile } from "node:fs/promises";

let script: Promise<string> | undefined;

/** The script of a report's page, in one piece. `npm run build` makes it from src/page. */
export function pageScript(): Promise<string> {
  script ??= readFile(new URL("../page/report.js", import.meta.url), "utf8");
  return script;
}
