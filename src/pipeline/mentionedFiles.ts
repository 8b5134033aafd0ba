/** The files in a command line. They enter the key of its step although no parameter lists them. */
import { readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, normalize } from "node:path";

/** The largest script that is searched for names. */
const MOST_BYTES = 1 << 20;
const MOST_FILES = 200;

/**
 * The words of a command that are files beside or below the pipeline file, the files that these name in quotes or, in
 * Python, import, and so on; as paths relative to `folder`, in order of appearance. The target of a redirection does
 * not count.
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
  for (const path of found) {
    const text = textOf(join(folder, path));
    for (const name of [...quotedIn(text), ...(path.endsWith(".py") ? importedIn(text, path) : [])]) add(name);
  }
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

/** The text of a file; "" for a large file or one that is no text. */
function textOf(path: string): string {
  if (statSync(path).size > MOST_BYTES) return "";
  const text = readFileSync(path, "latin1");
  return text.includes("\0") ? "" : text;
}

/** The files that a Python script may import: modules and packages in its folder and in those above it. */
function importedIn(text: string, path: string): string[] {
  const statements = text.matchAll(
    /^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?([^#\n;]*)|import[ \t]+([^#\n;]+))/gm,
  );
  const modules = [...statements].flatMap(([, from, names, whole]) => {
    const listed = (names ?? whole).split(",").map((name) => name.trim().split(/\s/)[0]);
    return from === undefined ? listed : [from, ...listed.map((name) => `${from.replace(/\.$/, "")}.${name}`)];
  });
  const folders = [dirname(path)];
  while (folders[0] !== ".") folders.unshift(dirname(folders[0]));
  return modules.flatMap((name) => {
    const file = name.replace(/^\.+/, "").replaceAll(".", "/");
    return folders.flatMap((folder) => [join(folder, `${file}.py`), join(folder, file, "__init__.py")]);
  });
}

/** The short quoted texts in a text. */
function quotedIn(text: string): string[] {
  return [...text.matchAll(/"([^"\n]{1,200})"|'([^'\n]{1,200})'/g)].map(([, double, single]) => double ?? single);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
