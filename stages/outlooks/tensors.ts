import { chosenTensors } from "../../src/landscape/hessianBlocks.js";
import { isWithoutNetwork } from "../../src/models/problems/problemKinds.js";
import type { Outlook } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";

/** Patterns that match no tensor of a model's network. */
export function checkTensors(patterns: readonly string[] | undefined, { network }: Outlook): Fault[] {
  if (patterns === undefined || network === undefined) return [];
  return patterns.flatMap((pattern, i) => {
    try {
      chosenTensors(network.tensors, [pattern]);
      return [];
    } catch (error) {
      return [{ path: ["with", "tensors", i], message: (error as Error).message }];
    }
  });
}

/** Matrices of the outputs of a network need a network. */
export function checkMatrix({ matrix = "hessian" }: { matrix?: string }, { problem = "", stage }: Outlook): Fault[] {
  if (matrix === "hessian" || !isWithoutNetwork(problem)) return [];
  const message = `matrix is ${matrix}, which needs the outputs of a network; ${stage} has none, so it only has the hessian`;
  return [{ path: ["with", "matrix"], message }];
}
