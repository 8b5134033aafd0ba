import { phiFunctions } from "./phiFunctions.js";

/** u' = Lu + N(u, t), with a linear part of square blocks on the diagonal. */
export interface SemilinearSystem {
  /** Real b × b matrices of one size, row-major; block k acts on the entries k·b … (k + 1)·b of u. */
  readonly blocks: readonly Float64Array[];
  readonly nonlinear: (u: Float64Array, t: number) => Float64Array;
}

/**
 * A step u(t) → u(t + h) by exponential time differencing with a Runge–Kutta method of order 4 (Cox & Matthews 2002).
 * The coefficients come from φ functions of the blocks, which avoids the cancellation that Kassam & Trefethen (2005)
 * cure by contour integrals.
 */
export function etdrk4({ blocks, nonlinear }: SemilinearSystem, h: number) {
  const size = Math.sqrt(blocks[0].length);
  const whole = blocks.map((block) => coefficients(block, size, h));
  const part = (name: keyof (typeof whole)[number]) => whole.map((of) => of[name]);
  const apply = (name: keyof (typeof whole)[number]) => blockProduct(part(name), size);
  const [full, half, quarter] = [apply("full"), apply("half"), apply("quarter")];
  const [first, middle, last] = [apply("first"), apply("middle"), apply("last")];
  return (u: Float64Array, t: number): Float64Array => {
    const start = nonlinear(u, t);
    const halfway = half(u);
    const a = add(halfway, quarter(start));
    const atA = nonlinear(a, t + h / 2);
    const b = add(halfway, quarter(atA));
    const atB = nonlinear(b, t + h / 2);
    const c = add(half(a), quarter(atB.map((value, i) => 2 * value - start[i])));
    const atC = nonlinear(c, t + h);
    return add(add(full(u), first(start)), add(middle(add(atA, atB)), last(atC)));
  };
}

function coefficients(block: Float64Array, size: number, h: number) {
  const [half, phi1Half] = phiFunctions(
    block.map((entry) => (h / 2) * entry),
    size,
  );
  const [full, phi1, phi2, phi3] = phiFunctions(
    block.map((entry) => h * entry),
    size,
  );
  return {
    full,
    half,
    quarter: phi1Half.map((entry) => (h / 2) * entry),
    first: phi1.map((entry, i) => h * (entry - 3 * phi2[i] + 4 * phi3[i])),
    middle: phi2.map((entry, i) => 2 * h * (entry - 2 * phi3[i])),
    last: phi3.map((entry, i) => h * (4 * entry - phi2[i])),
  };
}

/** The product of a block-diagonal matrix with a vector. */
function blockProduct(blocks: readonly Float64Array[], size: number): (u: Float64Array) => Float64Array {
  return (u) => {
    const result = new Float64Array(u.length);
    for (const [k, block] of blocks.entries()) {
      const from = k * size;
      for (let i = 0; i < size; i++) {
        let sum = 0;
        for (let j = 0; j < size; j++) sum += block[i * size + j] * u[from + j];
        result[from + i] = sum;
      }
    }
    return result;
  };
}

function add(a: Float64Array, b: Float64Array): Float64Array {
  const sum = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) sum[i] = a[i] + b[i];
  return sum;
}
