/**
 * A barcode: one row a bar, with the columns `dimension`, `birth`, `death` (+Infinity for essential), and two vertices.
 */
import { type Artifact, artifact, type Column, numbers, type Summary } from "../../src/artifact/artifact.js";
import { factsOf } from "./factsOf.js";

export type BarcodeMetadata = {
  /** Lowest and highest finite loss of the landscape. */
  range: [number, number];
  /** What a figure of it says below. */
  caption?: string;
  /** Lengths of bars against a measure, where the stage was given one. */
  relation?: Relation;
};

/** How the lengths of segments go with a measure of their minima. */
interface Relation {
  measure: string;
  /** Minima that have both. */
  related: number;
  spearman: number;
  pearson: number;
}

/** The bars of a barcode, column by column. */
export interface BarColumns {
  dimension: Int32Array;
  birth: Float64Array;
  death: Float64Array;
  birthVertex: Int32Array;
  deathVertex: Int32Array;
}

/** `more` are columns that follow the leading ones. */
export function barcodeArtifact<M extends BarcodeMetadata>(
  bars: BarColumns & Readonly<Record<string, Column>>,
  metadata: M,
  summary: Summary,
): Artifact {
  const { dimension, ...rest } = bars;
  return artifact("barcode", { dimension, ...rest }, metadata, summary);
}

/** All bars. */
export function barsOf(of: Artifact): Pick<BarColumns, "dimension" | "birth" | "death"> {
  return {
    dimension: of.columns.dimension as Int32Array,
    birth: numbers(of, "birth"),
    death: numbers(of, "death"),
  };
}

/** The bars of one dimension. */
export function barsOfDimension(of: Artifact, wanted: number): { birth: Float64Array; death: Float64Array } {
  const { dimension, birth, death } = barsOf(of);
  const isWanted = (_: number, row: number) => dimension[row] === wanted;
  return { birth: birth.filter(isWanted), death: death.filter(isWanted) };
}

/** A command or module may leave out any of them. */
export function barcodeFacts(of: Artifact): Partial<BarcodeMetadata> {
  return factsOf<Partial<BarcodeMetadata>>(of);
}
