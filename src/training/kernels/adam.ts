import { loadPair, storeRounded, sumOfPair, zeroIfFinite } from "../../linalg/kernels/shared/pairs";

/**
 * One step of ../adam.ts, with the same bits, in one pass over vectors at byte addresses: θ, which ends at `end`, the
 * two means (f64), and the gradient in the type G. In f32, θ is also rounded to `weights`. `factors` is the address of
 * the numbers of the step, in f64. Lengths are a positive multiple of 8 entries. Returns 0 for a finite gradient,
 * otherwise NaN.
 */
function adam<G>(
  theta: usize,
  mean: usize,
  meanSquare: usize,
  gradient: usize,
  weights: usize,
  end: usize,
  factors: usize,
): f64 {
  const joining = v128.load64_splat(factors);
  const kept = v128.load64_splat(factors, 8);
  const stepSize = v128.load64_splat(factors, 16);
  const correction = v128.load64_splat(factors, 24);
  const share1 = v128.load64_splat(factors, 32);
  const beta2 = v128.load64_splat(factors, 40);
  const share2 = v128.load64_splat(factors, 48);
  const epsilon = v128.load64_splat(factors, 56);
  let finite = f64x2.splat(0);
  do {
    const x = v128.load(theta);
    const found = loadPair<G>(gradient);
    finite = f64x2.add(finite, zeroIfFinite(found));
    const g = f64x2.add(found, f64x2.mul(joining, x));
    const m0 = v128.load(mean);
    const m = f64x2.add(m0, f64x2.mul(share1, f64x2.sub(g, m0)));
    const square = f64x2.mul(f64x2.mul(share2, g), g);
    const v = f64x2.add(f64x2.mul(beta2, v128.load(meanSquare)), square);
    v128.store(mean, m);
    v128.store(meanSquare, v);
    const size = f64x2.add(f64x2.div(f64x2.sqrt(v), correction), epsilon);
    const step = f64x2.div(f64x2.mul(stepSize, m), size);
    const moved = f64x2.sub(f64x2.mul(kept, x), step);
    v128.store(theta, moved);
    if (sizeof<G>() === 4) storeRounded(weights, moved);
    theta += 16;
    mean += 16;
    meanSquare += 16;
    gradient += 2 * sizeof<G>();
    weights += 2 * sizeof<G>();
  } while (theta < end);
  return sumOfPair(finite);
}

export function adamF32(
  theta: usize,
  mean: usize,
  meanSquare: usize,
  gradient: usize,
  weights: usize,
  end: usize,
  factors: usize,
): f64 {
  return adam<f32>(theta, mean, meanSquare, gradient, weights, end, factors);
}

export function adamF64(
  theta: usize,
  mean: usize,
  meanSquare: usize,
  gradient: usize,
  weights: usize,
  end: usize,
  factors: usize,
): f64 {
  return adam<f64>(theta, mean, meanSquare, gradient, weights, end, factors);
}
