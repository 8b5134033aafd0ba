import { requireFinite } from "../linalg/vectors.js";

/** An array as files hold it. */
interface StoredArray {
  shape: number[];
  /** Last index fastest, or first index fastest when `fortranOrder` is set. */
  values: ArrayLike<number>;
  fortranOrder: boolean;
}

/**
 * Directions from an array [k, size], or [size] for one: the first `count`, or all. `name` begins each message.
 *
 * @throws Error when the shape does not fit, when there are fewer than `count`, or when an entry is not finite.
 */
export function storedDirections(
  { shape, values, fortranOrder }: StoredArray,
  size: number,
  name: string,
  count?: number,
): Float64Array[] {
  const found = `${name} has the shape [${shape.join(", ")}]`;
  const rows = shape.length === 1 ? 1 : shape[0];
  if (shape.length < 1 || shape.length > 2 || shape[shape.length - 1] !== size || rows === 0) {
    const transposed = shape.length === 2 && shape[0] === size ? "; transpose it" : "";
    throw new Error(
      `${found}; expected [k, ${size}] for k directions, or [${size}] for one, as the model has ${size} weights${transposed}`,
    );
  }
  if (count !== undefined && count > rows) throw new Error(`${found}; expected at least ${count} directions in it`);
  return Array.from({ length: count ?? rows }, (_, k) => {
    const direction = new Float64Array(size);
    for (let i = 0; i < size; i++) direction[i] = fortranOrder ? values[k + rows * i] : values[k * size + i];
    requireFinite(direction, `${name}: direction ${k + 1}`);
    return direction;
  });
}
