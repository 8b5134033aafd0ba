/** A loss that the user's own process computes (stages/inputs/external.md). */
export interface ExternalProblem {
  readonly kind: "external";
  /** The command line for the shell, in the folder of the pipeline file. */
  readonly command: string;
  /** Files that the command reads. Their content is part of the key. */
  readonly files: readonly string[];
  /** The number of seconds that one answer may take. */
  readonly timeout: number;
  /** Tells whether missing derivatives are approximated, and with which step. */
  readonly differences: boolean | { readonly step: number };
  /** The relative difference that is allowed between two answers for one point. Default: 1e-12 in f64, 1e-6 in f32. */
  readonly tolerance?: number;
}

/** The command of a problem that has one: the files that it names enter the key. */
export const commandOfProblem = (problem: { readonly kind: string; readonly command?: string }): string | undefined =>
  problem.kind === "external" ? problem.command : undefined;

/**
 * The relative difference that is allowed between two answers for one point. Rounding in another summation order stays
 * below it.
 */
export function repeatTolerance({ tolerance }: ExternalProblem, dtype: "f32" | "f64"): number {
  return tolerance ?? (dtype === "f64" ? 1e-12 : 1e-6);
}
