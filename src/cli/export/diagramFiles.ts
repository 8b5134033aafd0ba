/** Barcodes as files of other programs. */
import { type Artifact, numbers } from "../../artifact/artifact.js";
import { writeNpy } from "../../files/writeNpy.js";
import { writeVtp } from "../../files/writeVtk.js";
import { pointsOf } from "./treeFiles.js";

function barsOf(of: Artifact) {
  if (of.kind !== "barcode") throw new Error(`this format needs a barcode; found a ${of.kind}`);
  const [dimension, birth, death] = ["dimension", "birth", "death"].map((name) => numbers(of, name));
  return { dimension, birth, death };
}

const plain = (value: number) =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";

/** GUDHI's text of persistence, "dimension birth death" per line, which ripser's and persim's readers accept too. */
export function diagramText(of: Artifact): Uint8Array {
  const { dimension, birth, death } = barsOf(of);
  const lines = Array.from(dimension, (d, i) => `${d} ${plain(birth[i])} ${plain(death[i])}\n`);
  return Buffer.from(lines.join(""));
}

/** giotto-tda's array [1 diagram × bars × (birth, death, dimension)], as its transformers expect it. */
export function diagramNpy(of: Artifact): Uint8Array {
  const { dimension, birth, death } = barsOf(of);
  const rows = Float64Array.from(
    { length: 3 * birth.length },
    (_, at) => [birth, death, dimension][at % 3][Math.floor(at / 3)],
  );
  return writeNpy(rows, [1, birth.length, 3]);
}

/**
 * The critical points of each bar in the domain, with a line between birth and death. Bars that never die have one
 * point.
 */
export function diagramVtp(of: Artifact, grid: Artifact | undefined): Uint8Array {
  const { dimension, birth, death } = barsOf(of);
  const [births, deaths] = ["birthVertex", "deathVertex"].map((name) => numbers(of, name));
  const dying = Array.from(births.keys()).filter((bar) => deaths[bar] >= 0);
  const vertices = [...births, ...dying.map((bar) => deaths[bar])];
  const bars = [...births.keys(), ...dying];
  const lines = dying.map((bar, i) => [bar, births.length + i] as [number, number]);
  return writeVtp(pointsOf(vertices, grid), lines, [
    ["loss", Float64Array.from(bars, (bar, i) => (i < births.length ? birth[bar] : death[bar]))],
    ["persistence", Float64Array.from(bars, (bar) => death[bar] - birth[bar])],
    ["VertexId", Int32Array.from(vertices)],
    ["PairId", Int32Array.from(bars)],
    ["PairDimension", Int32Array.from(bars, (bar) => dimension[bar])],
    ["IsDeath", Int32Array.from(bars, (_, i) => (i < births.length ? 0 : 1))],
  ]);
}
