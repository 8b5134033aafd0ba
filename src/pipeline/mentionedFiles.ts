/** The files in a command line. They enter the key of its step although no parameter lists them. */
import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join, normalize } from "node:path";

/** The largest script that is searched for names. */
const MOST_BYTES = 1 << 20;
const MOST_FILES = 200;

/**
 * The words of a command that are files beside or below the pipeline file, the files that these name in quotes, and so
 * on; as paths relative to `folder`, in order of appearance. The target of a redirection does not count.
 */
export function mentionedFiles(command: string, folder: string): string[] {
  const found = new Set<string>();
  const add = (name: string) => {
    const path = normalize(name);
    const isInside = !isAbsolute(path) && !path.startsWith("..");
    if (isInside && found.size < MOST_FILES && isFile(join(folder, path))) found.add(path);
  };
  for (const word of wordsOf(command)) add(word);
  // The set grows during the loop.
  for (const path of found) for (const text of quotedIn(join(folder, path))) add(text);
  return [...found];
}

/** The words of a command line, without quotes; `--config=a.json` is also the word `a.json`. */
function wordsOf(command: string): string[] {
  const words = [...command.matchAll(/(>\s*)?(?:"([^"]*)"|'([^']*)'|([^\s"'|&;<>()`]+))/g)];
  return words
    .filter(([, redirection]) => redirection === undefined)
    .map(([, , double, single, bare]) => double ?? single ?? bare)
    .flatMap((word) => [word, ...(word.includes("=") ? [word.slice(word.indexOf("=") + 1)] : [])]);
}

/** The short quoted texts in a text file. */
function quotedIn(path: string): string[] {
  if (statSync(path).size > MOST_BYTES) return [];
  const text = readFileSync(path, "latin1");
  if (text.includes("\0")) return [];
  return [...text.matchAll(/"([^"\n]{1,200})"|'([^'\n]{1,200})'/g)].map(([, double, single]) => double ?? single);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
