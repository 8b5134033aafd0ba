import type { Backend, Executable, Values } from "../backend.js";
import type { Dtype, Program } from "../program.js";

/**
 * The largest deviation of a result from the CPU's, as a share of the largest number of its output. GPU drivers may
 * compute sines with an absolute error of up to 2⁻¹¹, so a smaller tolerance would reject correct ones.
 */
const TOLERANCE = 5e-3;

/** The factor by which a result may exceed the rounding error of f32 on the CPU, in addition to TOLERANCE. */
const ROUNDINGS = 20;

/**
 * A backend whose results are compared with the CPU's. GPU drivers have shipped wrong numbers, and one faulty card must
 * not corrupt a store that others share. The runs number 1, 2, 4, 8, … of each program are also computed on `cpu`, in
 * f64 and in the element type of the program. A run throws when a number differs by more than 0.5 % of the largest
 * number of its output and by more than 20 times the rounding error on the CPU; the message has both numbers. The
 * results are always those of the backend.
 *
 * `cpu` returns the backend to compare with, which must compute in f64.
 */
export function checkedBackend(backend: Backend, cpu: () => Promise<Backend>): Backend {
  return {
    ...backend,
    async compile(program, options) {
      const executable = await backend.compile(program, options);
      let runs = 0;
      return {
        async run(feeds, into = {}) {
          runs++;
          if (!isPowerOfTwo(runs)) return executable.run(feeds, into);
          // Before the run, because the run may write to its own feeds.
          const expected = await expectedOf(program, options.dtype, feeds, await cpu());
          const results = await executable.run(feeds, into);
          for (const [name, of] of Object.entries(expected))
            compare(backend.name, name, into[name] ?? results[name], of);
          return results;
        },
        release: () => executable.release(),
      } satisfies Executable;
    },
  };
}

interface Expected {
  values: Float64Array;
  /** The largest difference that is allowed. */
  tolerance: number;
  /** The name of the backend that computed the values. */
  cpu: string;
}

async function expectedOf(
  program: Program,
  dtype: Dtype,
  feeds: Readonly<Record<string, Values>>,
  cpu: Backend,
): Promise<Record<string, Expected>> {
  const exact = await resultsOf(program, "f64", feeds, cpu);
  const rounded = cpu.dtypes.includes(dtype) ? await resultsOf(program, dtype, feeds, cpu) : exact;
  return Object.fromEntries(
    Object.entries(exact).map(([name, values]) => {
      const rounding = largest(values.map((value, i) => value - rounded[name][i]));
      return [name, { values, tolerance: TOLERANCE * largest(values) + ROUNDINGS * rounding, cpu: cpu.name }];
    }),
  );
}

async function resultsOf(program: Program, dtype: Dtype, feeds: Readonly<Record<string, Values>>, cpu: Backend) {
  const executable = await cpu.compile(program, { dtype });
  try {
    return await executable.run(feeds);
  } finally {
    await executable.release();
  }
}

function compare(backend: string, output: string, found: Values, { values, tolerance, cpu }: Expected): void {
  for (const [i, value] of values.entries()) {
    const isClose = Number.isFinite(value) ? Math.abs(found[i] - value) <= tolerance : !Number.isFinite(found[i]);
    // Beyond the largest number of f32, the CPU's f64 is still finite.
    const overflows = !Number.isFinite(found[i]) && Math.abs(value) > LARGEST_F32;
    if (isClose || overflows) continue;
    throw new Error(
      `backend ${backend} computes wrong numbers here: its "${output}"[${i}] is ${found[i]}, on the CPU (${cpu}, f64) ` +
        `it is ${value}; expected a difference of at most ${tolerance.toExponential(1)}; update its driver, or use the backend ${cpu}`,
    );
  }
}

const LARGEST_F32 = 2 ** 127;

/** The largest finite magnitude. */
function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}

const isPowerOfTwo = (count: number) => Number.isInteger(Math.log2(count));
