import { axpy, dot, norm, scale } from "../linalg/vectors.js";
import { orthogonalize } from "./orthogonalize.js";

export interface Projection {
  /** The least-squares coefficients a, one per direction. */
  coefficients: Float64Array;
  /** ‖x − Σ aₖdₖ‖, the distance of x from the span of the directions. */
  residual: number;
  /** ‖x‖. */
  distance: number;
}

/**
 * Orthogonal projection onto the span of directions that need not be orthogonal: maps a displacement x to the
 * coefficients that minimise ‖x − Σ aₖdₖ‖.
 *
 * D = QR by Gram–Schmidt, then Ra = Qᵀx. The error of a grows with the condition number of D; with the normal equations
 * DᵀDa = Dᵀx it would grow with its square.
 *
 * @throws Error for a direction that is zero, not finite, or in the span of earlier ones, because it has no coefficient
 * of its own.
 */
export function projectOnto(directions: Float64Array[]): (displacement: Float64Array) => Projection {
  const count = directions.length;
  const basis = orthogonalize(directions);
  for (const q of basis) scale(1 / norm(q), q);
  const r = basis.map((q) => directions.map((direction) => dot(q, direction)));

  return (displacement) => {
    const rest = displacement.slice();
    const a = new Float64Array(count);
    for (let sweep = 0; sweep < 2; sweep++) {
      for (const [k, q] of basis.entries()) {
        const overlap = dot(q, rest);
        axpy(-overlap, q, rest);
        a[k] += overlap;
      }
    }
    for (let k = count - 1; k >= 0; k--) {
      for (let j = k + 1; j < count; j++) a[k] -= r[k][j] * a[j];
      a[k] /= r[k][k];
    }
    return { coefficients: a, residual: norm(rest), distance: norm(displacement) };
  };
}
