import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeArtifact } from "../../src/artifact/artifactFile.js";
import { randomStream } from "../../src/linalg/random.js";
import { tableArtifact } from "../../stages/artifacts/table.js";
import { npyBytes, npzBytes } from "../files/weightFiles.js";

/** Writes the files that the pipelines of test/fixtures/variants.yaml read. */
export function writeSmallFiles(folder: string): void {
  const write = (name: string, content: Uint8Array | string) => writeFileSync(join(folder, name), content);
  const array = (seed: number, ...shape: number[]) => {
    const random = randomStream(seed, "small files");
    return { shape, values: Float64Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()) };
  };
  const rows = Array.from({ length: 12 }, (_, i) => [...array(10 + i, 3).values, i % 2]);
  const labels = { shape: [12], values: Float64Array.from(rows, (row) => row[3]) };
  const others = { shape: [12], values: labels.values.map((label) => 1 - label) };
  write("images.npz", npzBytes({ x: array(0, 12, 1, 6, 6), y: labels, z: others }));
  write("table.csv", `a,b,y,c\n${rows.map((row) => row.join(",")).join("\n")}\n`);
  const lines = rows.map(([a, b], i) => [Math.floor(i / 3), i % 3, a, b].join(","));
  write("lines.csv", `x,y,loss,other\n${lines.join("\n")}\n`);
  write("grid.npy", npyBytes(array(1, 12, 10)));
  write("grids.npz", npzBytes({ loss: array(1, 12, 10), other: array(2, 12, 10) }));
  write("line.npy", npyBytes(array(7, 30)));
  write("lines.npz", npzBytes({ loss: array(7, 30), other: array(8, 30) }));
  write("cube.npy", npyBytes(array(9, 7, 6, 5)));
  write("vectors.npz", npzBytes({ v: array(3, 3, 13), w: array(4, 3, 13) }));
  write("weights.npy", npyBytes(array(5, 2, 13)));
  write("start.npy", npyBytes(array(6, 2)));
  const table = (...values: number[]) => encodeArtifact(tableArtifact({ a: Float64Array.from(values) }));
  write("tableone.arrow", table(1, 2));
  write("tabletwo.arrow", table(3, 4));
  write("text.txt", "the quick brown fox jumps over the lazy dog and runs away from the quick brown cat. ".repeat(3));
  write("loss.mjs", readFileSync(new URL("../models/external/answerer.js", import.meta.url)));
}
