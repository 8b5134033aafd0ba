import type { Problem } from "./lossFunction.js";

/** What a kind of problem is made of. A network has outputs; a function and an external problem only have a loss. */
const kinds: Record<Problem["kind"], { hasSamples: boolean; hasNetwork: boolean }> = {
  pinn: { hasSamples: false, hasNetwork: true },
  supervised: { hasSamples: true, hasNetwork: true },
  function: { hasSamples: false, hasNetwork: false },
  external: { hasSamples: false, hasNetwork: false },
};

/** True for the name of a problem whose loss needs no samples. The names of supervised problems are their losses. */
export function isWithoutSamples(problem: string): boolean {
  return Object.hasOwn(kinds, problem) && !kinds[problem as Problem["kind"]].hasSamples;
}

/** True for the name of a problem without a network. */
export function isWithoutNetwork(problem: string): boolean {
  return Object.hasOwn(kinds, problem) && !kinds[problem as Problem["kind"]].hasNetwork;
}
