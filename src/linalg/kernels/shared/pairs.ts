/**
 * Operations on two f64 entries at a time, shared by the kernels. There is no fused multiply-add, so results are the
 * same everywhere.
 */

export function sumOfPair(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

/** 0 for two finite entries, otherwise NaN. */
export function zeroIfFinite(pair: v128): v128 {
  return f64x2.mul(pair, f64x2.splat(0));
}

/** Reads two entries of type T (f32 or f64) as f64. */
export function loadPair<T>(at: usize): v128 {
  return sizeof<T>() === 4 ? f64x2.promote_low_f32x4(v128.load64_zero(at)) : v128.load(at);
}

/** Writes two entries, rounded to f32. */
export function storeRounded(at: usize, pair: v128): void {
  v128.store64_lane(at, f32x4.demote_f64x2_zero(pair), 0);
}
