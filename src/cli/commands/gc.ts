/** `cirque gc`: removes results that no pipeline and no recent run refers to. */
import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { ConfigError } from "../../pipeline/configFile.js";
import { listRuns, recentRuns, removeRun } from "../../run/runHistory.js";
import { findGarbage, removeGarbage } from "../../store/tidyStore.js";
import { counted } from "../../text/words.js";
import { BAD_CONFIG, DONE } from "../exitCodes.js";
import { type Options, planOf, storeOf } from "../planned.js";
import { sizeOf } from "../sizeOf.js";

interface GcOptions extends Options {
  keepRuns: number;
  yes?: boolean;
  dryRun?: boolean;
}

export async function gc(paths: string[], options: GcOptions): Promise<number> {
  const store = storeOf(options, paths[0]);
  const known = listRuns(store.folder).map(({ file }) => file);
  const files = new Set([...paths.map((path) => resolve(path)), ...known.filter(existsSync)]);
  const wanted = new Set<string>();
  for (const file of files) {
    try {
      for (const { key } of (await planOf(file, {})).steps) wanted.add(key);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      // The file may be half edited, so its results stay.
      console.error(error.message);
      console.error(`nothing was removed: ${file} cannot be read`);
      return BAD_CONFIG;
    }
  }
  const { recent, older } = recentRuns(store.folder, options.keepRuns);
  for (const { steps } of recent) for (const key of Object.values(steps)) wanted.add(key);
  const garbage = findGarbage(store, wanted);
  const { files: unused, bytes, kept } = garbage;
  const pipelines = [...files].map((file) => relative(".", file)).join(", ") || "no pipeline";
  console.log(`${kept} results are kept: used by ${pipelines}, or by the last ${options.keepRuns} runs of each`);
  console.log(
    `${counted(unused.length, "file")} can go (${sizeOf(bytes)}), and the records of ${counted(older.length, "older run")}`,
  );
  if (unused.length + older.length === 0) return DONE;
  if (options.dryRun) {
    for (const { path, bytes, what } of unused) console.log(`${what}  ${sizeOf(bytes)}  ${relative(".", path)}`);
    for (const { pipeline, id } of older) console.log(`run ${id} of ${pipeline}`);
    return DONE;
  }
  if (!options.yes && !(await isAgreed("remove them?"))) {
    console.log("nothing was removed; --yes removes them");
    return DONE;
  }
  const removed = removeGarbage(store, garbage, wanted);
  for (const run of older) removeRun(store.folder, run);
  const spared = unused.length - removed;
  console.log(spared > 0 ? `removed; ${spared} files are in use now, and stay` : "removed");
  return DONE;
}

async function isAgreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
