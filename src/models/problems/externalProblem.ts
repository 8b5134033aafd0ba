/** A loss that a process of the user's own answers (stages/inputs/external.md). */
export interface ExternalProblem {
  readonly kind: "external";
  /** Given to the shell, in the folder of the pipeline file. */
  readonly command: string;
  /** Files that the command reads: their content is part of the key. */
  readonly files: readonly string[];
  /** Seconds that one answer may take. */
  readonly timeout: number;
  /** Whether derivatives that the process does not answer are approximated, and the step. */
  readonly differences: boolean | { readonly step: number };
  /** Two answers for one point may differ by this share; by default 1e-12 in f64, 1e-6 in f32. */
  readonly tolerance?: number;
}

/** The command of a problem that has one: the files that it names enter the key. */
export const commandOfProblem = (problem: { readonly kind: string; readonly command?: string }): string | undefined =>
  problem.kind === "external" ? problem.command : undefined;

/** The share by which two answers for one point may differ: rounding in another order of summation stays below it. */
export function repeatTolerance({ tolerance }: ExternalProblem, dtype: "f32" | "f64"): number {
  return tolerance ?? (dtype === "f64" ? 1e-12 : 1e-6);
}
