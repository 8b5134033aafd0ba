/** What the stages that make a model know of it before they run. */
import { canonicalJson } from "../../src/artifact/canonicalJson.js";
import { type Architecture, createModel, withoutStart } from "../../src/models/networks/architecture.js";
import { layoutSize } from "../../src/models/networks/layout.js";
import type { Problem } from "../../src/models/problems/lossFunction.js";
import { misfit } from "../../src/models/problems/supervisedProblem.js";
import { trainedLayout } from "../../src/models/problems/trainedLayout.js";
import type { Facts, Outlook, SampleFacts } from "../../src/stage.js";
import type { Fault, Path } from "../../src/text/fault.js";

interface Params {
  architecture: Architecture;
  problem: Problem;
}

type Inputs = Readonly<Record<string, readonly Outlook[]>>;

/** The size of a model of `checkpoints` rows, and its network. Neither is known for one in a file or of a process. */
export function modelSize({ architecture, problem }: Params, checkpoints?: number): Facts {
  const model = modelOf(architecture);
  if (model === undefined) return {};
  const { statistics } = model;
  const layout = trainedLayout(architecture, problem);
  const size = layoutSize(layout);
  return {
    parameters: size,
    network: {
      text: canonicalJson([withoutStart(architecture), problem]),
      ...{ architecture, problem },
      ...{ tensors: layout, hasNorms: statistics !== undefined },
    },
    ...(checkpoints !== undefined && { amount: checkpoints, unit: "checkpoints", bytes: 8 * checkpoints * size }),
  };
}

/** Undefined for a network that is described elsewhere: in a file, or by a process. */
function modelOf(architecture: Architecture) {
  if (architecture.kind === "parameters" && !("names" in architecture)) return undefined;
  try {
    return createModel(architecture);
  } catch {
    return undefined;
  }
}

/** The facts that a stage keeps when it gives a model of the same network. */
export function sameNetwork({ problem, solution, terms, parameters, network, optimizer }: Facts): Facts {
  return { problem, solution, terms, parameters, network, optimizer };
}

/** The same for one of several models: the network only if they share it. */
export function sharedNetwork(models: readonly Facts[]): Facts {
  const [first] = models;
  const { problem, solution, terms } = first;
  const isShared = models.every(({ network }) => network?.text === first.network?.text);
  return isShared ? sameNetwork(first) : { problem, solution, terms };
}

/** A supervised problem learns from samples, at the port `data`. */
export function missingSamples({ problem }: Params, { data }: Inputs): Fault[] {
  if (problem.kind !== "supervised" || data !== undefined) return [];
  const message = 'is supervised: it learns from samples; connect them to the port "data"';
  return [{ path: ["with", "problem", "kind"], message, lacksInput: true }];
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

/** False when two models are known to have tensors of different shapes. */
export function mayHaveSameShapes(one: Facts, other: Facts): boolean {
  if (one.network === undefined || other.network === undefined) {
    return one.parameters === undefined || other.parameters === undefined || one.parameters === other.parameters;
  }
  const [own, others] = [one.network, other.network].map(({ tensors }) => tensors.map(({ shape }) => shape).join(";"));
  return own === others;
}

/** Why the network of a model does not take samples of these datasets, as far as both are known. */
export function misfits({ network }: Facts, data: readonly Outlook[]): string[] {
  const { architecture, problem } = (network ?? {}) as Partial<Params>;
  if (architecture === undefined || problem?.kind !== "supervised") return [];
  return data.flatMap(({ samples, stage }) => {
    const found = samples && misfitOf(architecture, problem, samples);
    return found ? [`${found.message} (${stage})`] : [];
  });
}

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
