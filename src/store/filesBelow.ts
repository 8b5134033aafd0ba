import { readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * The files below a folder; links are not files. A folder that does not exist has none, and one that disappears
 * meanwhile has no more. Throws any other error of the file system: a list that lacks something must not pass for a
 * whole one.
 */
export function filesBelow(folder: string): string[] {
  let entries: import("node:fs").Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
