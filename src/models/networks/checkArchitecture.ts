/** Throws an error unless each number of an architecture is an integer ≥ 1. */
export function requireWhole(kind: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${kind}: ${name} is ${value}, expected a whole number ≥ 1`);
    }
  }
}

/** Throws an error unless an image is given as [channels, height, width]. */
export function requireImage(kind: string, image: readonly number[]): void {
  if (image.length !== 3 || !image.every((length) => Number.isInteger(length) && length > 0)) {
    throw new RangeError(`${kind}: the image is [${image}], expected [channels, height, width]`);
  }
}
