import type { Values } from "../graph/backend.js";
import type { Dtype } from "../graph/program.js";
import { allFinite } from "../linalg/vectors.js";
import { instantiate, LARGEST_MEMORY } from "../linalg/webAssembly.js";

/** A method that takes one gradient per step. */
export interface UpdateRule {
  /** The number of vectors that it remembers between steps. */
  readonly remembers: number;
  /** The numbers of a step, always the same count. `step` is counted from 1, `lr` is the step size. */
  factors(step: number, lr: number): number[];
  /** Moves θ and the memory, in place. */
  move(theta: Float64Array, gradient: Values, memory: readonly Float64Array[], factors: readonly number[]): void;
  /**
   * The name of the kernel in ./kernels that does the same, with the same bits. It ends in F32 or F64 by element type.
   */
  readonly kernel: string;
}

/** A rule in use: θ, its gradient and the memory. */
export interface Update {
  /** Only `goTo` may write to it. */
  readonly theta: Float64Array;
  /** θ as the computation reads it: rounded in f32, θ itself in f64. */
  readonly weights: Values;
  /** In the element type of the computation. Fill it before each step. */
  readonly gradient: Values;
  /** One number per entry of θ. Store them, or overwrite them to continue a training. */
  readonly memory: readonly Float64Array[];
  goTo(theta: Float64Array): void;
  /** Takes a step. Returns false when the gradient is not finite; θ and memory are then invalid. */
  apply(step: number, lr: number): boolean;
}

/**
 * A rule on `size` weights, all in one WebAssembly memory, where one pass makes a step in a third of JavaScript's time.
 * Above 4 GiB, the limit of a WebAssembly memory, it uses plain arrays; the bits are the same. Copy a vector (`slice`)
 * before you send it to another thread.
 */
export function createUpdate(rule: UpdateRule, size: number, dtype: Dtype = "f64"): Update {
  const { remembers, factors } = rule;
  const isRounded = dtype === "f32";
  const length = Math.max(8, Math.ceil(size / 8) * 8);
  const [vector, other] = [8 * length, isRounded ? 4 * length : 8 * length];
  const gradientAt = (1 + remembers) * vector;
  const weightsAt = isRounded ? gradientAt + other : 0;
  const factorsAt = gradientAt + (isRounded ? 2 : 1) * other;
  const factorCount = factors(1, 1).length;
  const bytes = factorsAt + 8 * factorCount;

  type Run = (...at: number[]) => number;
  const name = rule.kernel + dtype.toUpperCase();
  const made = bytes > LARGEST_MEMORY ? undefined : instantiate<Run>(name, bytes);
  const place = (at: number, type: Dtype): Values => {
    const Values = type === "f32" ? Float32Array : Float64Array;
    return made ? new Values(made.buffer, at, size) : new Values(size);
  };
  const theta = place(0, "f64") as Float64Array;
  const memory = Array.from({ length: remembers }, (_, k) => place((1 + k) * vector, "f64") as Float64Array);
  const gradient = place(gradientAt, dtype);
  const weights = isRounded ? place(weightsAt, dtype) : theta;
  const starts = [0, ...memory.map(({ byteOffset }) => byteOffset), gradientAt, weightsAt, vector, factorsAt];
  const ofStep = made && new Float64Array(made.buffer, factorsAt, factorCount);

  return {
    theta,
    weights,
    gradient,
    memory,
    goTo(other) {
      theta.set(other);
      if (isRounded) weights.set(other);
    },
    apply(step, lr) {
      const numbers = factors(step, lr);
      if (made) {
        ofStep?.set(numbers);
        return made.run(...starts) === 0;
      }
      const finite = allFinite(gradient);
      rule.move(theta, gradient, memory, numbers);
      if (isRounded) weights.set(theta);
      return finite;
    },
  };
}
