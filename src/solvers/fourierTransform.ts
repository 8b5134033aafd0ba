/**
 * The discrete Fourier transform of n = 2^k complex numbers in place: X_j = Σ x_m e^{∓2πijm/n}, with the minus sign
 * forward and the plus sign backward, without a factor (Cooley & Tukey 1965).
 *
 * @throws RangeError when n is not a power of two.
 */
export function fourierTransform(real: Float64Array, imaginary: Float64Array, direction: "forward" | "backward"): void {
  const n = real.length;
  if (n < 1 || (n & (n - 1)) !== 0 || imaginary.length !== n) {
    throw new RangeError(`a Fourier transform takes 2^k complex numbers; found ${n} and ${imaginary.length}`);
  }
  reverseBits(real, imaginary);
  const sign = direction === "forward" ? -1 : 1;
  const { cosine, sine } = rootsOfUnity(n);
  for (let half = 1; half < n; half *= 2) {
    const stride = n / (2 * half);
    for (let j = 0; j < half; j++) {
      const [c, s] = [cosine[j * stride], sign * sine[j * stride]];
      for (let a = j; a < n; a += 2 * half) {
        const b = a + half;
        const re = c * real[b] - s * imaginary[b];
        const im = c * imaginary[b] + s * real[b];
        real[b] = real[a] - re;
        imaginary[b] = imaginary[a] - im;
        real[a] += re;
        imaginary[a] += im;
      }
    }
  }
}

function reverseBits(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j], real[i]];
      [imaginary[i], imaginary[j]] = [imaginary[j], imaginary[i]];
    }
  }
}

interface Roots {
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

const known = new Map<number, Roots>();

/** cos and sin of 2πj/n for the first half of the circle. */
function rootsOfUnity(n: number): Roots {
  let found = known.get(n);
  if (!found) {
    const angles = Float64Array.from({ length: n / 2 }, (_, j) => (2 * Math.PI * j) / n);
    found = { cosine: angles.map(Math.cos), sine: angles.map(Math.sin) };
    known.set(n, found);
  }
  return found;
}
