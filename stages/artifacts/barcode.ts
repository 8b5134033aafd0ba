/**
 * A barcode: one row per bar, with the columns `dimension`, `birth`, `death` (+Infinity for essential), and two
 * vertices.
 */
import { type Artifact, artifact, type Column, numbers, type Summary } from "../../src/artifact/artifact.js";
import { factsOf } from "./factsOf.js";

export type BarcodeMetadata = {
  /** The lowest and highest finite loss of the landscape. */
  range: [number, number];
  /** The caption of its figure. */
  caption?: string;
  /** The association of bar lengths with a measure, if the stage got one. */
  relation?: Relation;
};

/** The association between the lengths of segments and a measure of their minima. */
interface Relation {
  measure: string;
  /** The number of minima that have both. */
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

/** `more` holds columns that follow the leading ones. */
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

/** A command or module may omit any of them. */
export function barcodeFacts(of: Artifact): Partial<BarcodeMetadata> {
  return factsOf<Partial<BarcodeMetadata>>(of);
}
