/** A loss whose data changes between rounds of iterations. */
export interface Rounds {
  /** The most iterations of a round. */
  readonly every: number;
  /** Changes the data of the loss. Called before every round but the first, with the iterations until then. */
  renew(theta: Float64Array, iteration: number): Promise<void>;
  /** Called with the loss at the start of a round, with its new data. */
  began(loss: number): void;
}

/** The rounds of so many iterations: where each begins, and its length. The last one may be shorter. */
export function roundsOf(iterations: number, every: number): { start: number; length: number }[] {
  const count = Math.max(1, Math.ceil(iterations / Math.max(1, every)));
  return Array.from({ length: count }, (_, i) => ({
    start: i * every,
    length: Math.min(every, iterations - i * every),
  }));
}
