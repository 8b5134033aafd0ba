import { closeSync, openSync, writeSync } from "node:fs";
import type { Artifact, ArtifactInPieces } from "../artifact/artifact.js";
import { writeArtifact as writeParts } from "../artifact/artifactFile.js";

/**
 * Writes an artifact as an Arrow IPC file, which `readArtifact`, pyarrow, DuckDB and others read. Replaces an existing
 * file.
 *
 * @throws TypeError when a column does not fit the kind; Error when the file cannot be written.
 */
export function writeArtifact(path: string, artifact: Artifact | ArtifactInPieces): void {
  const file = openSync(path, "w");
  try {
    writeParts(artifact, (part) => {
      for (let at = 0; at < part.length; ) at += writeSync(file, part, at);
    });
  } finally {
    closeSync(file);
  }
}
