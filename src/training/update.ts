import type { Values } from "../graph/backend.js";
import type { Dtype } from "../graph/program.js";
import { allFinite } from "../linalg/vectors.js";
import { instantiate, LARGEST_MEMORY } from "../linalg/webAssembly.js";

/** A method that takes one gradient a step. */
export interface UpdateRule {
  /** How many vectors it remembers between steps. */
  readonly remembers: number;
  /** The numbers of a step: `step` counts from 1, `lr` is the step size. There are always as many. */
  factors(step: number, lr: number): number[];
  /** Moves θ and what is remembered, in place. */
  move(theta: Float64Array, gradient: Values, memory: readonly Float64Array[], factors: readonly number[]): void;
  /** Name of the kernel that does the same, to the same bits, in ./kernels. It ends in F32 or F64 by element type. */
  readonly kernel: string;
}

/** A rule at work: θ, its gradient and what is remembered. */
export interface Update {
  /** To be written by `goTo` only. */
  readonly theta: Float64Array;
  /** θ as a computation takes it: rounded in f32, θ itself in f64. */
  readonly weights: Values;
  /** In the element type of the computation; to be filled before each step. */
  readonly gradient: Values;
  /** One number for each of θ: to be stored, or to be overwritten, where a training goes on later. */
  readonly memory: readonly Float64Array[];
  goTo(theta: Float64Array): void;
  /** Takes a step. False where the gradient is not finite: then θ and memory are spoilt. */
  apply(step: number, lr: number): boolean;
}

/**
 * A rule on `size` weights, all in one WebAssembly memory, where it takes a step in one pass, in a third of the time
 * that JavaScript takes. Above 4 GiB, which a WebAssembly memory cannot hold, in plain arrays; the bits are the same.
 * Copy a vector (`slice`) before it goes to another thread.
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
