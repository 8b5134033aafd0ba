/**
 * How a number of samples is cut into pieces of work: small enough that a killed run loses little and that the threads
 * end together, large enough to be worth a file each.
 */

/** Pieces begin at multiples of this, so that points fill whole runs. */
const SAMPLES_PER_BLOCK = 16;
/** So many pieces keep the threads busy to the end. */
const ENOUGH_PIECES = 320;
/** Of a large number of samples, so that many machines can share them: a few seconds of a small network. */
const SAMPLES_PER_PIECE = 4096;
/** Each piece is a file. */
const MOST_PIECES = 10_000;

/**
 * How many pieces `size` samples make. The number depends on `size` alone, not on the machine, since those who share
 * the work have to agree on it. A piece that takes long keeps its state meanwhile.
 */
export function pieceCount(size: number): number {
  const most = Math.min(MOST_PIECES, Math.max(ENOUGH_PIECES, Math.ceil(size / SAMPLES_PER_PIECE)));
  return Math.min(most, Math.ceil(size / SAMPLES_PER_BLOCK));
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
