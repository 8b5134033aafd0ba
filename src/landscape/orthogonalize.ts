import { axpy, dot, norm } from "../linalg/vectors.js";

/** A remainder below this share of a direction's length is rounding. */
const DEPENDENT = 1e-10;

/**
 * Modified Gram–Schmidt, applied twice: it subtracts from each direction the components along earlier ones. The first
 * direction keeps its bits. Lengths shrink and are not restored.
 *
 * @throws Error for a direction that is zero, not finite, or in the span of earlier ones. Directions are counted from
 * 1, like a1, a2, …
 */
export function orthogonalize(directions: Float64Array[]): Float64Array[] {
  const result: Float64Array[] = [];
  for (const [k, direction] of directions.entries()) {
    const rest = direction.slice();
    const length = norm(direction);
    if (length === 0) throw new Error(`direction ${k + 1} is zero`);
    if (!Number.isFinite(length)) throw new Error(`direction ${k + 1} is not finite: its norm is ${length}`);
    for (let sweep = 0; sweep < 2; sweep++) {
      for (const other of result) axpy(-dot(other, rest) / dot(other, other), other, rest);
    }
    const left = norm(rest) / length;
    if (!(left > DEPENDENT)) {
      throw new Error(
        `direction ${k + 1} depends linearly on earlier ones: ${left.toExponential(1)} of its length is left; ` +
          `remove it, or use another`,
      );
    }
    result.push(rest);
  }
  return result;
}

/** @throws Error when `orthogonalize` would, because the directions are linearly dependent. */
export function requireIndependent(directions: Float64Array[]): void {
  orthogonalize(directions);
}

/** Cosines between all pairs, count × count, row-major. 0 when a vector is zero. */
export function cosines(directions: Float64Array[]): Float64Array {
  const count = directions.length;
  const lengths = directions.map(norm);
  const result = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(directions[i], directions[j]);
      const cosine = product === 0 ? 0 : i === j ? 1 : product / lengths[i] / lengths[j];
      result[i * count + j] = cosine;
      result[j * count + i] = cosine;
    }
  }
  return result;
}
