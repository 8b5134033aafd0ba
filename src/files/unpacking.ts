/** Bounds for what packed bytes may become, so that a small file does not fill the memory. */

/** Up to this size nothing is refused. */
const ALWAYS = 256 * 2 ** 20;
/** Beyond it, how many times as many bytes may come out. Deflate reaches 1,032 on zeros; measurements stay below 50. */
const MOST_TIMES = 200;

/**
 * Throws Error beginning with `name` when `size` bytes are to come out of `packed` ones and that is more than any
 * measurement gives: over 256 MiB and over 200 times as many.
 */
export function requirePlausible(packed: number, size: number, name: string): void {
  if (size <= ALWAYS || size <= MOST_TIMES * packed) return;
  throw new Error(
    `${name} claims ${size} bytes from ${packed}; expected at most ${MOST_TIMES} times as many, or 256 MiB. ` +
      "Save it without compression if it really holds so much",
  );
}
