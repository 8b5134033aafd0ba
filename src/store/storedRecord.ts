import { readFileSync } from "node:fs";
import { parseCanonicalJson } from "../artifact/canonicalJson.js";

/** The facts about one artifact besides its bytes. */
export interface StoredRecord {
  key: string;
  /** sha256 of the object. */
  object: string;
  bytes: number;
  /** The value whose hash is the key. */
  preimage: unknown;
  /** The origin of this copy: seconds, machine, threads, backend. Not part of the key. */
  provenance: Record<string, unknown>;
}

/** The record in a file. Throws when it cannot be read. */
export function recordAt(path: string): StoredRecord {
  return parseCanonicalJson(readFileSync(path, "utf8")) as StoredRecord;
}
