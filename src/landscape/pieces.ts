/**
 * How a number of samples is cut into pieces of work: small enough that a killed run loses little and that the threads
 * end together, large enough to be worth a file each.
 */

/** Pieces begin at multiples of this, so that points fill whole runs. */
const SAMPLES_PER_BLOCK = 16;
const MOST_PIECES = 320;

/** How many pieces `size` samples make. */
export function pieceCount(size: number): number {
  return Math.min(MOST_PIECES, Math.ceil(size / SAMPLES_PER_BLOCK));
}

/**
 * The samples start … end of a piece. Together the pieces hold each sample once, in order; none is much longer than
 * others.
 */
export function pieceRange(size: number, { index, count }: { index: number; count: number }) {
  const blocks = Math.ceil(size / SAMPLES_PER_BLOCK);
  const boundary = (piece: number) => Math.min(size, SAMPLES_PER_BLOCK * Math.floor((piece * blocks) / count));
  return { start: boundary(index), end: boundary(index + 1) };
}
