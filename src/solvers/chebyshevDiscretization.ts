import type { Discretization, LinearPart } from "./discretization.js";

/**
 * Functions whose values at both ends stay as they are at first, known at the n + 1 Chebyshev points of an interval
 * (Trefethen, Spectral Methods in MATLAB, 2000). A state has the values at the inner points, function by function.
 *
 * @param ends The values of each function at the lower and the upper end.
 */
export function chebyshevDiscretization(
  [lower, upper]: readonly [number, number],
  n: number,
  ends: readonly (readonly [number, number])[],
): Discretization {
  const inner = n - 1;
  const nodes = Float64Array.from(
    { length: n + 1 },
    (_, j) => (lower + upper) / 2 - ((upper - lower) / 2) * Math.cos((Math.PI * j) / n),
  );
  const matrices = [undefined, ...differentiation(n, 2 / (upper - lower))];

  function whole(state: Float64Array, field: number): Float64Array {
    const values = new Float64Array(n + 1);
    values.set(state.subarray(field * inner, (field + 1) * inner), 1);
    [values[0], values[n]] = ends[field];
    return values;
  }

  function derivative(state: Float64Array, field: number, order: number): Float64Array {
    const values = whole(state, field);
    const matrix = matrices[order];
    return matrix ? product(matrix, values) : values;
  }

  /** The values at the inner points. */
  function state(values: readonly Float64Array[]): Float64Array {
    const result = new Float64Array(values.length * inner);
    for (const [field, value] of values.entries()) result.set(value.subarray(1, n), field * inner);
    return result;
  }

  function blocks(linear: LinearPart): Float64Array[] {
    const size = linear.length * inner;
    const block = new Float64Array(size * size);
    for (const [i, j, coefficient, order] of termsOf(linear)) {
      const matrix = matrices[order];
      for (let row = 0; row < inner; row++) {
        const at = (i * inner + row) * size + j * inner;
        if (!matrix) block[at + row] += coefficient;
        else
          for (let column = 0; column < inner; column++) {
            block[at + column] += coefficient * matrix[(row + 1) * (n + 1) + column + 1];
          }
      }
    }
    return [block];
  }

  /** What the values at the ends contribute. */
  function fixedRate(linear: LinearPart): Float64Array {
    const rates = linear.map(() => new Float64Array(n + 1));
    const nothing = new Float64Array(ends.length * inner);
    for (const [i, j, coefficient, order] of termsOf(linear)) {
      const change = derivative(nothing, j, order);
      for (let k = 0; k <= n; k++) rates[i][k] += coefficient * change[k];
    }
    return state(rates);
  }

  const sample = (of: Float64Array, points: Float64Array) =>
    ends.map((_, field) => interpolate(nodes, whole(of, field), points));
  return { nodes, state, derivative, sample, rate: state, blocks, fixedRate };
}

const termsOf = (linear: LinearPart): [number, number, number, number][] =>
  linear.flatMap((row, i) =>
    row.flatMap((coefficients, j) =>
      coefficients.flatMap((coefficient, order): [number, number, number, number][] =>
        coefficient === 0 ? [] : [[i, j, coefficient, order]],
      ),
    ),
  );

/**
 * The matrices of the first and second derivative at the n + 1 Chebyshev points of an interval of length 2/scale.
 * Against rounding errors: differences of points by sines, the second matrix by recursion (Welfert 1997), and rows that
 * sum to zero (Baltensperger & Trummer 2003).
 */
function differentiation(n: number, scale: number): [Float64Array, Float64Array] {
  const size = n + 1;
  const [first, second] = [new Float64Array(size * size), new Float64Array(size * size)];
  const weight = (j: number) => (j === 0 || j === n ? 2 : 1) * (j % 2 === 0 ? 1 : -1);
  // x_i − x_j for x_j = −cos(πj/n)
  const apart = (i: number, j: number) =>
    (2 * Math.sin((Math.PI * (i + j)) / (2 * n)) * Math.sin((Math.PI * (i - j)) / (2 * n))) / scale;
  for (let i = 0; i < size; i++) {
    const diagonal = i * size + i;
    for (let j = 0; j < size; j++) {
      if (i !== j) first[i * size + j] = weight(i) / weight(j) / apart(i, j);
    }
    for (let j = 0; j < size; j++) if (i !== j) first[diagonal] -= first[i * size + j];
    for (let j = 0; j < size; j++) {
      if (i !== j) second[i * size + j] = 2 * first[i * size + j] * (first[diagonal] - 1 / apart(i, j));
    }
    for (let j = 0; j < size; j++) if (i !== j) second[diagonal] -= second[i * size + j];
  }
  return [first, second];
}

/** Barycentric interpolation in the Chebyshev points (Berrut & Trefethen 2004). */
function interpolate(nodes: Float64Array, values: Float64Array, points: Float64Array): Float64Array {
  const last = nodes.length - 1;
  return points.map((point) => {
    let [above, below] = [0, 0];
    for (let j = 0; j <= last; j++) {
      const distance = point - nodes[j];
      if (distance === 0) return values[j];
      const weight = ((j === 0 || j === last ? 0.5 : 1) * (j % 2 === 0 ? 1 : -1)) / distance;
      above += weight * values[j];
      below += weight;
    }
    return above / below;
  });
}

function product(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  return vector.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += matrix[i * size + j] * vector[j];
    return sum;
  });
}
