/** A long iteration hands out its state, so that a later process goes on from there with the same bits. */

/** The state of an iteration: whole numbers by name, other numbers, and vectors of one length. */
export interface IterationState {
  readonly counts: Readonly<Record<string, number>>;
  readonly numbers: readonly number[];
  /** Views of what the iteration works on: copy or write them before it goes on. */
  readonly vectors: readonly Float64Array[];
}

export interface IterationHooks {
  /** The state that an earlier process left. */
  readonly resume?: IterationState;
  /** Called before each step that takes products. */
  save(state: () => IterationState): void;
}

/** The first `size` entries of vectors that are longer. */
export function heads(vectors: readonly Float64Array[], size: number): Float64Array[] {
  return vectors.map((vector) => vector.subarray(0, size));
}
