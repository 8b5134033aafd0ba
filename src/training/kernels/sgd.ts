import { loadPair, storeRounded, sumOfPair, zeroIfFinite } from "../../linalg/kernels/shared/pairs";

/**
 * Steps of ../sgd.ts, with the same bits, in one pass over vectors at byte addresses: θ, which ends at `end`, and the
 * velocity in f64, and the gradient in the type G. In f32, θ is also rounded to `weights`. `factors` is the address of
 * the numbers of a step: learning rate, weight decay, momentum. Lengths are a positive multiple of 8 entries. Each
 * function returns 0 for a finite gradient, otherwise NaN. They are methods because AssemblyScript only inlines
 * functions with a decorator, which the formatter accepts only on methods.
 */
abstract class Sgd {
  @inline
  static plain<G>(theta: usize, gradient: usize, weights: usize, end: usize, factors: usize): f64 {
    const lr = v128.load64_splat(factors);
    const decay = v128.load64_splat(factors, 8);
    const step: usize = 2 * sizeof<G>();
    let sum0 = f64x2.splat(0);
    let sum1 = f64x2.splat(0);
    let sum2 = f64x2.splat(0);
    let sum3 = f64x2.splat(0);
    do {
      sum0 = f64x2.add(sum0, Sgd.plainPair<G>(theta, gradient, weights, lr, decay));
      sum1 = f64x2.add(sum1, Sgd.plainPair<G>(theta + 16, gradient + step, weights + step, lr, decay));
      sum2 = f64x2.add(sum2, Sgd.plainPair<G>(theta + 32, gradient + 2 * step, weights + 2 * step, lr, decay));
      sum3 = f64x2.add(sum3, Sgd.plainPair<G>(theta + 48, gradient + 3 * step, weights + 3 * step, lr, decay));
      theta += 64;
      gradient += 4 * step;
      weights += 4 * step;
    } while (theta < end);
    return sumOfPair(sum0) + sumOfPair(sum1) + (sumOfPair(sum2) + sumOfPair(sum3));
  }

  /** Moves two entries. Returns 0 for each finite entry of the gradient, otherwise NaN. */
  @inline
  static plainPair<G>(theta: usize, gradient: usize, weights: usize, lr: v128, decay: v128): v128 {
    const found = loadPair<G>(gradient);
    const x = v128.load(theta);
    const g = f64x2.add(found, f64x2.mul(decay, x));
    const moved = f64x2.sub(x, f64x2.mul(lr, g));
    v128.store(theta, moved);
    if (sizeof<G>() === 4) storeRounded(weights, moved);
    return zeroIfFinite(found);
  }

  /** With Nesterov's momentum the step looks ahead along the velocity. */
  @inline
  static momentum<G>(
    nesterov: bool,
    theta: usize,
    velocity: usize,
    gradient: usize,
    weights: usize,
    end: usize,
    factors: usize,
  ): f64 {
    const lr = v128.load64_splat(factors);
    const decay = v128.load64_splat(factors, 8);
    const mu = v128.load64_splat(factors, 16);
    const step: usize = 2 * sizeof<G>();
    let sum0 = f64x2.splat(0);
    let sum1 = f64x2.splat(0);
    let sum2 = f64x2.splat(0);
    let sum3 = f64x2.splat(0);
    do {
      sum0 = f64x2.add(sum0, Sgd.momentumPair<G>(nesterov, theta, velocity, gradient, weights, lr, decay, mu));
      sum1 = f64x2.add(
        sum1,
        Sgd.momentumPair<G>(nesterov, theta + 16, velocity + 16, gradient + step, weights + step, lr, decay, mu),
      );
      sum2 = f64x2.add(
        sum2,
        Sgd.momentumPair<G>(
          nesterov,
          theta + 32,
          velocity + 32,
          gradient + 2 * step,
          weights + 2 * step,
          lr,
          decay,
          mu,
        ),
      );
      sum3 = f64x2.add(
        sum3,
        Sgd.momentumPair<G>(
          nesterov,
          theta + 48,
          velocity + 48,
          gradient + 3 * step,
          weights + 3 * step,
          lr,
          decay,
          mu,
        ),
      );
      theta += 64;
      velocity += 64;
      gradient += 4 * step;
      weights += 4 * step;
    } while (theta < end);
    return sumOfPair(sum0) + sumOfPair(sum1) + (sumOfPair(sum2) + sumOfPair(sum3));
  }

  /** Moves two entries. Returns 0 for each finite entry of the gradient, otherwise NaN. */
  @inline
  static momentumPair<G>(
    nesterov: bool,
    theta: usize,
    velocity: usize,
    gradient: usize,
    weights: usize,
    lr: v128,
    decay: v128,
    mu: v128,
  ): v128 {
    const found = loadPair<G>(gradient);
    const x = v128.load(theta);
    const g = f64x2.add(found, f64x2.mul(decay, x));
    const v = f64x2.add(f64x2.mul(mu, v128.load(velocity)), g);
    v128.store(velocity, v);
    const along = nesterov ? f64x2.add(g, f64x2.mul(mu, v)) : v;
    const moved = f64x2.sub(x, f64x2.mul(lr, along));
    v128.store(theta, moved);
    if (sizeof<G>() === 4) storeRounded(weights, moved);
    return zeroIfFinite(found);
  }
}

export function sgdF32(theta: usize, gradient: usize, weights: usize, end: usize, factors: usize): f64 {
  return Sgd.plain<f32>(theta, gradient, weights, end, factors);
}

export function sgdF64(theta: usize, gradient: usize, weights: usize, end: usize, factors: usize): f64 {
  return Sgd.plain<f64>(theta, gradient, weights, end, factors);
}

export function momentumF32(
  theta: usize,
  velocity: usize,
  gradient: usize,
  weights: usize,
  end: usize,
  factors: usize,
): f64 {
  return Sgd.momentum<f32>(false, theta, velocity, gradient, weights, end, factors);
}

export function momentumF64(
  theta: usize,
  velocity: usize,
  gradient: usize,
  weights: usize,
  end: usize,
  factors: usize,
): f64 {
  return Sgd.momentum<f64>(false, theta, velocity, gradient, weights, end, factors);
}

export function nesterovF32(
  theta: usize,
  velocity: usize,
  gradient: usize,
  weights: usize,
  end: usize,
  factors: usize,
): f64 {
  return Sgd.momentum<f32>(true, theta, velocity, gradient, weights, end, factors);
}

export function nesterovF64(
  theta: usize,
  velocity: usize,
  gradient: usize,
  weights: usize,
  end: usize,
  factors: usize,
): f64 {
  return Sgd.momentum<f64>(true, theta, velocity, gradient, weights, end, factors);
}
