/**
 * How a number of samples is cut into pieces of work. Pieces are small enough that a killed run loses little and the
 * threads end together, and large enough to be worth a file each.
 */

/** Pieces begin at multiples of this, so that points fill whole runs. */
const SAMPLES_PER_BLOCK = 16;
/** This many pieces keep the threads busy to the end. */
const ENOUGH_PIECES = 320;
/**
 * The size of a piece for a large number of samples, so that many machines can share them: a few seconds of a small
 * network.
 */
const SAMPLES_PER_PIECE = 4096;
/** The most pieces, because each is a file. */
const MOST_PIECES = 10_000;

/**
 * The number of pieces for `size` samples. It depends only on `size` and not on the machine, because all machines that
 * share the work must agree on it. A long piece saves its state meanwhile.
 */
export function pieceCount(size: number): number {
  const most = Math.min(MOST_PIECES, Math.max(ENOUGH_PIECES, Math.ceil(size / SAMPLES_PER_PIECE)));
  return Math.min(most, Math.ceil(size / SAMPLES_PER_BLOCK));
}

/**
 * The samples start … end of a piece. Together the pieces have each sample once, in order, and they have nearly equal
 * lengths.
 */
export function pieceRange(size: number, { index, count }: { index: number; count: number }) {
  const blocks = Math.ceil(size / SAMPLES_PER_BLOCK);
  const boundary = (piece: number) => Math.min(size, SAMPLES_PER_BLOCK * Math.floor((piece * blocks) / count));
  return { start: boundary(index), end: boundary(index + 1) };
}
