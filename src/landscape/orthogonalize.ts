import { axpy, dot, norm } from "../linalg/vectors.js";

/** What is left of a direction below this share of its length is rounding. */
const DEPENDENT = 1e-10;

/**
 * Modified Gram–Schmidt, twice: from each direction the components along those before it are taken away. The first
 * keeps its bits; lengths shrink and are not restored.
 *
 * @throws Error for a direction that is zero, not finite, or in the span of those before it; they count from 1, as a1,
 * a2, …
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
        `direction ${k + 1} depends linearly on those before it: ${left.toExponential(1)} of its length is left; ` +
          `leave it out, or take another`,
      );
    }
    result.push(rest);
  }
  return result;
}

/** @throws Error where `orthogonalize` would: the directions span fewer dimensions than they are. */
export function requireIndependent(directions: Float64Array[]): void {
  orthogonalize(directions);
}

/** Cosines between all pairs, count × count, row major; 0 where a vector is zero. */
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
