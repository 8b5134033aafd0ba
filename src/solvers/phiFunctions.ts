import { addProduct, view } from "../linalg/matrixProduct.js";

/** φ₀ = exp, φ₁, φ₂, φ₃ of a matrix, where φ_k(z) = Σ_j z^j / (j + k)!. */
export type PhiFunctions = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

/** Terms of the Taylor series of φ₃; at a norm of ½ the remainder is below 2⁻⁵³. */
const TERMS = 14;

/**
 * φ₀ … φ₃ of a real n × n matrix, by scaling and squaring: the series at A/2^s of norm at most ½, then s doublings
 * (Hochbruck & Ostermann, Exponential integrators, 2010).
 */
export function phiFunctions(matrix: Float64Array, n: number): PhiFunctions {
  const times = productOf(n);
  const norm = rowNorm(matrix, n);
  const doublings = norm > 0.5 ? Math.ceil(Math.log2(2 * norm)) : 0;
  const scaled = matrix.map((entry) => entry / 2 ** doublings);
  const plusIdentity = (of: Float64Array, amount: number) => {
    for (let i = 0; i < n; i++) of[i * n + i] += amount;
    return of;
  };
  // Horner's rule for φ₃, and φ_k = A φ_{k+1} + I/k!.
  let phi3: Float64Array = plusIdentity(new Float64Array(n * n), 1 / factorial(TERMS + 3));
  for (let j = TERMS - 1; j >= 0; j--) phi3 = plusIdentity(times(scaled, phi3), 1 / factorial(j + 3));
  let phi2 = plusIdentity(times(scaled, phi3), 1 / 2);
  let phi1 = plusIdentity(times(scaled, phi2), 1);
  let phi0 = plusIdentity(times(scaled, phi1), 1);
  for (let k = 0; k < doublings; k++) {
    const [square, product, last] = [times(phi1, phi1), times(phi1, phi2), phi2];
    phi3 = product.map((entry, i) => (entry + last[i] + 2 * phi3[i]) / 8);
    phi2 = square.map((entry, i) => (entry + 2 * last[i]) / 4);
    phi1 = times(phi0, phi1).map((entry, i) => (entry + phi1[i]) / 2);
    phi0 = times(phi0, phi0);
  }
  return [phi0, phi1, phi2, phi3];
}

/** Small products are not worth the packing of large ones. */
const SMALL = 16;

function productOf(n: number): (a: Float64Array, b: Float64Array) => Float64Array<ArrayBuffer> {
  return (a, b) => {
    const c = new Float64Array(n * n);
    if (n > SMALL) {
      addProduct(1, view(a, n), view(b, n), view(c, n), { rows: n, columns: n, inner: n });
      return c;
    }
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < n; k++) {
        for (let j = 0; j < n; j++) c[i * n + j] += a[i * n + k] * b[k * n + j];
      }
    }
    return c;
  };
}

/** The largest sum of magnitudes in a row. */
function rowNorm(matrix: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) {
    const row = matrix.subarray(i * n, (i + 1) * n);
    largest = Math.max(
      largest,
      row.reduce((sum, entry) => sum + Math.abs(entry), 0),
    );
  }
  return largest;
}

const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));
