/** The state of a Lanczos quadrature between two products. */
import type { IterationState } from "./iterationState.js";

/** A node of a Gauss rule. */
export interface Node {
  at: number;
  weight: number;
  resolution: number;
}

export interface QuadratureState {
  /** The eigenpairs that count exactly, without their vectors. */
  known: { value: number; residual: number }[];
  /** The rules of the probes that are done. */
  rules: Node[][];
  /** The tridiagonal matrix of the present probe, and the largest product that it has met. */
  diagonal: number[];
  offDiagonal: number[];
  operatorScale: number;
}

/** The state as numbers, with the vectors that belong to it. */
export function packedState(state: QuadratureState, vectors: readonly Float64Array[]): IterationState {
  const { known, rules, diagonal, offDiagonal, operatorScale } = state;
  return {
    counts: { known: known.length, steps: diagonal.length, rules: rules.length },
    numbers: [
      operatorScale,
      ...known.flatMap(({ value, residual }) => [value, residual]),
      ...diagonal,
      ...offDiagonal,
      ...rules.flatMap((rule) => [
        rule.length,
        ...rule.flatMap(({ at, weight, resolution }) => [at, weight, resolution]),
      ]),
    ],
    vectors,
  };
}

/** Undefined for a state of the search for the eigenpairs, which comes first. */
export function unpackedState({ counts, numbers }: IterationState): QuadratureState | undefined {
  if (counts.known === undefined) return undefined;
  let read = 0;
  const next = () => numbers[read++];
  const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make);
  const operatorScale = next();
  const known = times(counts.known, () => ({ value: next(), residual: next() }));
  const diagonal = times(counts.steps, next);
  const offDiagonal = times(counts.steps, next);
  const node = (): Node => ({ at: next(), weight: next(), resolution: next() });
  const rules = times(counts.rules, () => times(next(), node));
  return { known, rules, diagonal, offDiagonal, operatorScale };
}
