import { readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * The files below a folder. Links are not files. A missing folder has none, and a folder that disappears during the
 * walk has no more. Throws any other error of the file system, because an incomplete list must not pass for a complete
 * one.
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
