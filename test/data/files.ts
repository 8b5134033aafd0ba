import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import type { SampleSource } from "../../src/data/sampleSource.js";

/** A new folder with these files, removed after the tests of the file that asks for it. */
export function folderOf(files: Record<string, Uint8Array | string>): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-data-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return folder;
}

/** All samples of a source. */
export const readAll = (source: SampleSource) =>
  source.read(
    Array.from({ length: source.count }, (_, row) => row),
    () => {},
  );

/** `length` bytes that look random, the same each time. */
export const someBytes = (length: number, seed = 1) => {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state >>> 16;
  });
};
