/** What the stages that make a model know of it before they run. */
import { type Architecture, createModel } from "../../src/models/networks/architecture.js";
import type { Problem } from "../../src/models/problems/lossFunction.js";
import { misfit } from "../../src/models/problems/supervisedProblem.js";
import type { Facts, Outlook, SampleFacts } from "../../src/stage.js";
import type { Fault, Path } from "../../src/text/fault.js";

interface Params {
  architecture: Architecture;
  problem: Problem;
}

type Inputs = Readonly<Record<string, readonly Outlook[]>>;

/** The number of parameters of a network; undefined where it is that of a file or an external process. */
function parameterCount(architecture: Architecture): number | undefined {
  try {
    return createModel(architecture).size;
  } catch {
    return undefined;
  }
}

/** A model of `checkpoints` rows. */
export function modelSize({ architecture }: Pick<Params, "architecture">, checkpoints?: number): Facts {
  const parameters = parameterCount(architecture);
  const rows = checkpoints !== undefined && parameters !== undefined;
  return {
    ...(parameters !== undefined && { parameters }),
    ...(rows && { amount: checkpoints, unit: "checkpoints", bytes: 8 * checkpoints * parameters }),
  };
}

/** A supervised problem learns from samples, at the port `data`. */
export function missingSamples({ problem }: Params, { data }: Inputs): Fault[] {
  if (problem.kind !== "supervised" || data !== undefined) return [];
  const message = 'is supervised: it learns from samples; connect them to the port "data"';
  return [{ path: ["with", "problem", "kind"], message }];
}

/** Samples that a network does not take, that a problem does not use, or that are missing. */
export function checkSamples({ architecture, problem }: Params, inputs: Inputs): Fault[] {
  const ports = ["data", "validation"].filter((port) => inputs[port] !== undefined);
  if (problem.kind !== "supervised") {
    return ports.map((port) => ({
      path: ["from", port],
      message: `a ${problem.kind} problem needs no samples; leave it out`,
    }));
  }
  return ports.flatMap((port) =>
    inputs[port].flatMap(({ samples, stage }) => {
      const found = samples && misfitOf(architecture, problem, samples);
      if (!found) return [];
      return [
        {
          path: ["with", ...placeOf(architecture, found.side)],
          message: `${found.message} (${stage} at the port "${port}")`,
        },
      ];
    }),
  );
}

type Supervised = Extract<Problem, { kind: "supervised" }>;

/** A network that cannot be made is a fault of its own. */
function misfitOf(architecture: Architecture, problem: Supervised, samples: SampleFacts) {
  try {
    return misfit(architecture, problem, samples);
  } catch {
    return undefined;
  }
}

/** The parameter that decides one end of a network. */
function placeOf(architecture: Architecture, side: "inputs" | "outputs" | "loss" | "kind"): Path {
  if (side === "loss") return ["problem", "loss"];
  if (side === "kind") return ["architecture", "kind"];
  if (architecture.kind === "mlp") {
    return ["architecture", "widths", side === "inputs" ? 0 : architecture.widths.length - 1];
  }
  const names = side === "inputs" ? ["image", "length", "inputShape"] : ["classes"];
  const name = names.find((each) => Object.hasOwn(architecture, each));
  return name === undefined ? ["architecture"] : ["architecture", name];
}
