import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * The first of these paths that is a file below `folder`. Throws an Error that lists the content of the folder and
 * gives `advice`.
 */
export function findFile(folder: string, candidates: readonly string[], advice: string): string {
  if (!statSync(folder).isDirectory()) throw new Error(`${folder} is a file; expected a folder; ${advice}`);
  const found = candidates.find((name) => existsSync(join(folder, name)));
  if (found !== undefined) return join(folder, found);
  const entries = readdirSync(folder).sort();
  const there =
    entries.length === 0 ? "is empty" : `holds ${entries.slice(0, 8).join(", ")}${entries.length > 8 ? ", …" : ""}`;
  throw new Error(`${folder} has no ${candidates[0]}; it ${there}; ${advice}`);
}
