import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { heads, type IterationHooks, type IterationState } from "../../src/landscape/iterationState.js";
import { type LanczosOptions, lanczos } from "../../src/landscape/lanczos.js";
import { lanczosQuadrature } from "../../src/landscape/lanczosQuadrature.js";
import { traceEstimate } from "../../src/landscape/trace.js";
import { dense, withSpectrum } from "./operators.js";

/** Asserts that an iteration which goes on from any of its states ends as one without a break. */
async function assertGoesOn(run: (hooks: IterationHooks) => Promise<unknown>): Promise<void> {
  const states: IterationState[] = [];
  const whole = await run({
    save(state) {
      const { counts, numbers, vectors } = state();
      states.push({ counts: JSON.parse(JSON.stringify(counts)), numbers: [...numbers], vectors: vectors.map(copy) });
    },
  });
  assert.ok(states.length > 0);
  for (const [k, resume] of states.entries()) {
    let saves = 0;
    assert.deepEqual(await run({ resume, save: () => saves++ }), whole, `from state ${k}`);
    assert.equal(saves, states.length - k, `from state ${k}: no step is repeated or left out`);
  }
}

const copy = (vector: Float64Array) => vector.slice();

/** Clustered, repeated and zero eigenvalues. */
const spectrum = fc.array(fc.constantFrom(-3, -1, 0, 0.5, 1, 1.001, 2, 40), { minLength: 3, maxLength: 14 });
const few = { numRuns: 25 };

test("Lanczos goes on from any state, through restarts and the search for copies, with the same bits", () =>
  fc.assert(
    fc.asyncProperty(
      spectrum,
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom<NonNullable<LanczosOptions["which"]>[]>("magnitude", "largest", "smallest"),
      fc.nat(3),
      async (values, count, which, more) => {
        const operator = dense(withSpectrum(values, 1), values.length);
        const basisSize = Math.min(count, values.length) + 2 + more;
        const options = { count, which, basisSize, seed: 5, maxIterations: 60 };
        await assertGoesOn((hooks) => lanczos(operator, values.length, { ...options, hooks }));
      },
    ),
    few,
  ));

test("a quadrature goes on from any state, of its search for eigenpairs and of each probe, with the same bits", () =>
  fc.assert(
    fc.asyncProperty(spectrum, fc.nat(3), fc.integer({ min: 1, max: 9 }), async (values, deflate, steps) => {
      const operator = dense(withSpectrum(values, 1), values.length);
      const options = { probes: 3, steps, deflate, seed: 5 };
      await assertGoesOn((hooks) => lanczosQuadrature(operator, values.length, { ...options, hooks }));
    }),
    few,
  ));

test("a trace goes on from any state, of its subspace and of its probes, with the same bits", () =>
  fc.assert(
    fc.asyncProperty(spectrum, fc.constantFrom("hutchinson" as const, "hutch++" as const), async (values, method) => {
      const operator = dense(withSpectrum(values, 1), values.length);
      const options = { method, seed: 5, tolerance: 0.05, minProbes: 2, maxProducts: 30 };
      await assertGoesOn((hooks) => traceEstimate(operator, values.length, { ...options, hooks }));
    }),
    few,
  ));

test("the head of a vector is a view of its first entries", () => {
  const [head] = heads([Float64Array.of(1, 2, 3)], 2);
  assert.deepEqual([...head], [1, 2]);
});
