/** The place of results: a pipeline has one place for them, wherever you call a command. */
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/**
 * The folder `results` of the project of a pipeline file, or of a folder. The project is the nearest folder above with
 * `.git` or `package.json`, otherwise the folder itself. The path is relative when it is below the working folder.
 */
export function resultsFolder(pipeline?: string): string {
  const own = resolve(pipeline === undefined ? "." : dirname(pipeline));
  const folder = join(projectAround(own) ?? own, "results");
  const path = relative(".", folder);
  return path.startsWith("..") ? folder : path;
}

function projectAround(folder: string): string | undefined {
  if ([".git", "package.json"].some((name) => existsSync(join(folder, name)))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : projectAround(above);
}
