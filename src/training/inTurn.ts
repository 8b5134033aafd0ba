import type { Iterate, OptimizationResult, OptimizerState } from "./optimization.js";

/**
 * Runs one method from a point, or from the state that an earlier run of it left. `before` counts the iterations of
 * those before it.
 */
export type Method = (
  start: Float64Array,
  resume: OptimizerState | undefined,
  onIteration: (iterate: Iterate) => Promise<boolean>,
  before: number,
) => Promise<OptimizationResult>;

const beginning = { method: 0, iterations: 0, evaluations: 0 };

/**
 * Runs methods one after another, such as Adam and then L-BFGS: each begins where the one before it ends, and
 * iterations are counted on. An early stop and a loss that is no longer finite end the run; its reason is that of the
 * last method. It continues from any state that it gave, whichever method was at work.
 */
export async function inTurn(
  methods: readonly Method[],
  start: Float64Array,
  resume: OptimizerState | undefined,
  onIteration: (iterate: Iterate) => Promise<boolean>,
): Promise<Omit<OptimizationResult, "losses">> {
  let turn = resume?.turn ?? beginning;
  let left = resume && { ...resume, iteration: resume.iteration - turn.iterations };
  let from = start;
  for (;;) {
    const { method, iterations: before } = turn;
    const told = async ({ iteration, state, ...iterate }: Iterate) => {
      // The end of one method is the start of the next.
      if (method > 0 && iteration === 0) return false;
      const own = turn;
      const counted = state && (() => ({ ...state(), iteration: before + iteration, turn: own }));
      return onIteration({ ...iterate, iteration: before + iteration, state: counted });
    };
    const result = await methods[method](from, left, told, before);
    const total = {
      ...result,
      iterations: before + result.iterations,
      evaluations: turn.evaluations + result.evaluations,
    };
    const isOver = result.reason === "early stop" || result.reason === "non-finite loss";
    if (isOver || method === methods.length - 1) return total;
    turn = { method: method + 1, iterations: total.iterations, evaluations: total.evaluations };
    left = undefined;
    from = result.theta;
  }
}
