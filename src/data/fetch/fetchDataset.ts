import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { createGunzip } from "node:zlib";
import { readTar } from "../../files/tar.js";
import type { PublishedFile } from "../knownSets.js";
import { download } from "./download.js";

export interface FetchOptions {
  /** The folder to store the files in. */
  readonly to: string;
  /** A mirror that has the files under the same names. The published location by default. */
  readonly url?: string;
  /** Includes the files that few need. */
  readonly extra?: boolean;
  /** Called with a file's state and the progress of its download. */
  readonly report: (file: string, what: string, done?: number, total?: number) => void;
}

/**
 * Downloads the missing files of a data set, compares their checksums and unpacks them. A note beside the folder lists
 * the files of each archive with their lengths, so that the archive need not be kept.
 *
 * @throws Error when a file cannot be fetched or is not the expected one. Complete files stay.
 */
export async function fetchDataset(
  files: readonly PublishedFile[],
  { to, url, extra = false, report }: FetchOptions,
): Promise<void> {
  for (const file of files.filter(({ optional }) => extra || !optional)) {
    const label = basename(file.url);
    const path = join(to, label);
    if (file.unpack && isUnpacked(to, label, file.md5)) {
      report(label, "is there, unpacked");
      continue;
    }
    const address = url === undefined ? file.url : `${url.replace(/\/+$/, "")}/${label}`;
    const outcome = await download(address, path, file, (done, total) => report(label, "downloading", done, total));
    report(label, outcome === "kept" ? "is there" : "downloaded, checksum right");
    if (file.unpack) await unpack(path, to, file, (done) => report(label, `unpacking, ${done} files`, done));
  }
}

/** The unpacked files of each archive: its checksum, and paths with their lengths in bytes. */
type Unpacked = Record<string, { md5: string; files: Record<string, number> }>;

const noteOf = (to: string) => join(dirname(resolve(to)), `.${basename(resolve(to))}.fetched.json`);

function readNote(to: string): Unpacked {
  try {
    return JSON.parse(readFileSync(noteOf(to), "utf8"));
  } catch {
    return {}; // An archive without a valid note is unpacked again.
  }
}

function isUnpacked(to: string, archive: string, md5: string): boolean {
  const note = readNote(to)[archive];
  const isThere = ([path, size]: [string, number]) => {
    const file = join(to, path);
    return existsSync(file) && statSync(file).size === size;
  };
  return note?.md5 === md5 && Object.entries(note.files ?? {}).every(isThere);
}

/** Unpacks the wanted files of a .tar.gz and removes it. */
async function unpack(path: string, to: string, file: PublishedFile, onFile: (done: number) => void): Promise<void> {
  const { folder, wanted } = file.unpack as NonNullable<PublishedFile["unpack"]>;
  const inside = (entry: string) => {
    const own = entry.replace(/^\.\//, "");
    return own.startsWith(folder) ? own.slice(folder.length) : "";
  };
  const isWanted = (entry: string) => wanted.test(inside(entry));
  const packed = createReadStream(path);
  const archive = createGunzip();
  packed.on("error", (error) => archive.destroy(error));
  packed.pipe(archive);
  const files: Record<string, number> = {};
  for await (const entry of readTar(archive, path, isWanted)) {
    const own = inside(entry.path);
    const target = join(to, own);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(`${target}.partial`, entry.content);
    renameSync(`${target}.partial`, target);
    files[own] = entry.content.length;
    onFile(Object.keys(files).length);
  }
  if (Object.keys(files).length === 0) throw new Error(`${path} holds no file ${wanted.source}`);
  const note: Unpacked = { ...readNote(to), [basename(path)]: { md5: file.md5, files } };
  writeFileSync(noteOf(to), JSON.stringify(note, null, 2));
  rmSync(path);
}
