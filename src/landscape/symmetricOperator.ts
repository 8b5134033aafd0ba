import { norm } from "../linalg/vectors.js";

/** H·v for a symmetric operator H, directly or as a promise. The callee may keep its argument; the result is copied. */
export type Multiply = (v: Float64Array) => Float64Array | Promise<Float64Array>;

/**
 * `multiply` with a check of each product, for vectors with at least `size` entries, of which the first `size` count.
 *
 * The result throws Error when a product is not finite or has another length.
 */
export function checkedProducts(multiply: Multiply, size: number): (v: Float64Array) => Promise<Float64Array> {
  let products = 0;
  return async (v) => {
    const result = await multiply(v.slice(0, size));
    products++;
    if (result.length !== size) throw new Error(`a product has ${result.length} entries; expected ${size}`);
    if (!Number.isFinite(norm(result))) {
      const index = result.findIndex((x) => !Number.isFinite(x));
      throw new Error(`product ${products} with the operator is not finite: entry ${index} is ${result[index]}`);
    }
    return result;
  };
}
