/**
 * A Hessian spectrum in long form: one row per number, with the columns `block`, `quantity`, `position`, `value`,
 * `error`.
 */
import { type Artifact, artifact, type Metadata, numbers, rowCount } from "../../src/artifact/artifact.js";
import type { Curvature } from "../../src/models/problems/curvature.js";
import { factsOf } from "./factsOf.js";

/** How one quantity of one block was computed. */
type EstimateFacts = {
  block: string;
  /** The number of weights in the block. */
  size: number;
  quantity: string;
  /** The number of Hessian–vector products. */
  products?: number;
  /** For eigenvalues. */
  converged?: boolean;
  /** For a density on a symlog scale. */
  threshold?: number;
};

export type SpectrumMetadata = {
  dtype: "f32" | "f64";
  /** Missing for the Hessian. */
  matrix?: Curvature;
  /**
   * For several checkpoints of gradient descent: the eigenvalue of the Hessian above which its steps diverge. If a
   * schedule moves the learning rate, one at each checkpoint, or null if it is unknown there.
   */
  stableBelow?: number | readonly (number | null)[];
  /** The tensors that the spectrum is restricted to. Missing for all tensors. */
  tensors?: readonly string[];
  estimates: readonly (EstimateFacts & Metadata)[];
};

/** The numbers of one quantity: positions, values, and error bounds. */
export interface SpectrumRows {
  quantity: string;
  position: ArrayLike<number>;
  value: ArrayLike<number>;
  error: ArrayLike<number>;
}

/** The rows of one block. */
export function spectrumArtifact(block: string, rows: readonly SpectrumRows[], metadata: SpectrumMetadata): Artifact {
  const column = (name: "position" | "value" | "error") =>
    Float64Array.from(rows.flatMap((row) => Array.from(row[name])));
  const quantity = rows.flatMap((row) => Array.from(row.position, () => row.quantity));
  const columns = { position: column("position"), value: column("value"), error: column("error") };
  return artifact("spectrum", { block: quantity.map(() => block), quantity, ...columns }, metadata);
}

/** The name of each matrix in a phrase such as "a Hessian eigenvector" or "a Gauss–Newton eigenvector". */
export const matrixWords: Readonly<Record<Curvature, string>> = {
  hessian: "Hessian",
  ggn: "Gauss–Newton",
  fisher: "Fisher",
  "empirical-fisher": "empirical Fisher",
};

/** The name of the matrix in a sentence, and of the tensors that it is restricted to. */
export function matrixOf(of: Artifact): string {
  const { matrix = "hessian", tensors } = spectrumFacts(of);
  const name = matrix === "hessian" ? "the Hessian" : `the ${matrixWords[matrix]} matrix`;
  return tensors === undefined ? name : `${name} of ${tensors.join(", ")}`;
}

/** The same rows with their checkpoint in the columns `row` and `step`. */
export function atCheckpoint(
  of: Artifact,
  row: number,
  step: number,
  stableBelow?: SpectrumMetadata["stableBelow"],
): Artifact {
  const count = rowCount(of);
  const { estimates, ...facts } = spectrumFacts(of);
  return {
    ...of,
    columns: { ...of.columns, row: new Int32Array(count).fill(row), step: new Int32Array(count).fill(step) },
    metadata: {
      ...facts,
      ...(stableBelow !== undefined && { stableBelow }),
      estimates: estimates.map((estimate) => ({ ...estimate, row })),
    },
  };
}

export function spectrumFacts(of: Artifact): SpectrumMetadata {
  return factsOf<SpectrumMetadata>(of, "estimates");
}

/** The numbers of one quantity of one block. For a spectrum at several checkpoints, those of the last one. */
export function spectrumRows(
  of: Artifact,
  wanted: { block: string; quantity: string },
): Record<"position" | "value" | "error", Float64Array> {
  const [block, quantity] = [of.columns.block, of.columns.quantity] as string[][];
  const checkpoint = of.columns.row as Int32Array | undefined;
  const last = checkpoint?.reduce((latest, row) => Math.max(latest, row), -1);
  const isWanted = (_: number, row: number) =>
    block[row] === wanted.block && quantity[row] === wanted.quantity && checkpoint?.[row] === last;
  const own = (name: string) => numbers(of, name).filter(isWanted);
  return { position: own("position"), value: own("value"), error: own("error") };
}
