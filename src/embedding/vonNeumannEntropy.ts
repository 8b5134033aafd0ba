/**
 * The entropy of the powers of a diffusion operator. Entry t is −Σ p log p with p = σ^(t+1)/Σσ^(t+1) + ε, t = 0 … maxT
 * − 1, where σ are the singular values of the operator and ε is the distance from 1 to the next number. phate 1.0
 * computes it in this way: it uses powers of singular values for the singular values of powers, and t is one less than
 * the power.
 */
export function vonNeumannEntropy(singularValues: Float64Array, maxT: number): Float64Array {
  const powers = singularValues.slice();
  return Float64Array.from({ length: maxT }, () => {
    const total = powers.reduce((sum, x) => sum + x, 0);
    let entropy = 0;
    for (let k = 0; k < powers.length; k++) {
      const share = powers[k] / total + Number.EPSILON;
      entropy -= share * Math.log(share);
      powers[k] *= singularValues[k];
    }
    return entropy;
  });
}

/**
 * The knee of a curve y(0), y(1), …. It is the inner point at which two least-squares lines, one through the points up
 * to it and one through the points from it on, leave the smallest sum of absolute errors. Ties go to the first point.
 *
 * @throws RangeError for fewer than 3 points.
 */
export function kneeOf(y: Float64Array): number {
  if (y.length < 3) throw new RangeError(`a knee needs a curve of 3 points or more, found ${y.length}`);
  let best = 1;
  let least = Infinity;
  for (let knee = 1; knee < y.length - 1; knee++) {
    const error = lineError(y, 0, knee + 1) + lineError(y, knee, y.length);
    if (error < least) [best, least] = [knee, error];
  }
  return best;
}

/** Σ|y − line| of the least-squares line through the points from … end − 1. */
function lineError(y: Float64Array, from: number, end: number): number {
  const n = end - from;
  const middle = (from + end - 1) / 2;
  let mean = 0;
  for (let x = from; x < end; x++) mean += y[x] / n;
  let covariance = 0;
  let variance = 0;
  for (let x = from; x < end; x++) {
    covariance += (x - middle) * (y[x] - mean);
    variance += (x - middle) ** 2;
  }
  const slope = covariance / variance;
  let error = 0;
  for (let x = from; x < end; x++) error += Math.abs(y[x] - mean - slope * (x - middle));
  return error;
}
