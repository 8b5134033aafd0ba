import type { Fault } from "../../text/fault.js";
import { type Architecture, createModel } from "../networks/architecture.js";
import type { Model } from "../networks/model.js";
import { functionFaults } from "./functionProblem.js";
import { networkInputs } from "./inputFeatures.js";
import type { Problem } from "./lossFunction.js";
import { pinnOutputs } from "./pinn.js";
import { supervisedFaults } from "./supervisedProblem.js";
import { validateProblem } from "./validateProblem.js";

/**
 * Faults of a network and its problem that a schema cannot find: faults of the problem; a network that cannot be made;
 * for a differential equation, a network without one input per variable and one output per unknown; for a function,
 * anything but named parameters. Paths begin with "architecture" or "problem".
 */
export function validateModel(architecture: Architecture, problem: Problem): Fault[] {
  const faults: Fault[] = faultsOf(problem).map(({ path, message }) => ({ path: ["problem", ...path], message }));
  // A network whose file does not exist yet is checked later.
  if (architecture.kind === "onnx" && architecture.network === undefined) return faults;
  faults.push(...uselessOfArchitecture(architecture, problem));
  let model: Model;
  try {
    model = createModel(architecture);
  } catch (error) {
    return [...faults, { path: ["architecture"], message: (error as Error).message }];
  }
  if (architecture.kind === "parameters" && problem.kind === "function") {
    if ("names" in architecture) return [...faults, ...functionFaults(problem, architecture.names)];
    return [{ path: ["architecture", "names"], message: "is missing; a function needs named parameters" }];
  }
  if (problem.kind === "external") return [...faults, ...externalFaults(architecture)];
  if (architecture.kind === "parameters" || problem.kind === "function") {
    const message = `is ${architecture.kind}, but the problem is ${problem.kind}; a problem function and the architecture parameters go together`;
    return [...faults, { path: ["architecture", "kind"], message }];
  }
  const givesLoss = model.targetShape !== undefined;
  if (problem.kind === "supervised" && (problem.loss === "output") === givesLoss) return faults;
  if (givesLoss) {
    const message =
      "names an input for targets: the output is the loss; expected the problem supervised with loss: output";
    return [...faults, { path: ["architecture", "targets"], message }];
  }
  if (problem.kind === "supervised") {
    const message =
      "is output, but the network gives no loss; expected an onnx architecture that names its input of targets";
    return [...faults, { path: ["problem", "loss"], message }];
  }
  const taken = networkInputs(problem);
  // A domain without variables is a separate fault.
  return taken.length > 0 ? [...faults, ...widthFaults(architecture, model, taken, pinnOutputs(problem))] : faults;
}

/** Parameters that the others make useless. */
function uselessOfArchitecture(architecture: Architecture, { kind }: Problem): Fault[] {
  if ("bias" in architecture && architecture.bias !== undefined && !architecture.batchNorm) {
    const message =
      "is for convolutions before a batch norm; without batch norms they always have biases: leave it out";
    return [{ path: ["architecture", "bias"], message }];
  }
  if (architecture.kind === "parameters" && "count" in architecture && kind === "function") {
    const message = "is for an external problem; names says how many parameters a function has: leave it out";
    return [{ path: ["architecture", "count"], message }];
  }
  return [];
}

/** The checks of a function depend on the names of its parameters. */
function faultsOf(problem: Problem): readonly Fault[] {
  switch (problem.kind) {
    case "pinn":
      return validateProblem(problem);
    case "supervised":
      return supervisedFaults(problem);
    case "function":
    case "external":
      return [];
    default:
      return problem satisfies never;
  }
}

/** An external problem takes a vector of parameters, which its process describes. */
function externalFaults(architecture: Architecture): Fault[] {
  if (architecture.kind !== "parameters") {
    const message = `is ${architecture.kind}; an external problem needs the architecture parameters`;
    return [{ path: ["architecture", "kind"], message }];
  }
  if (!("names" in architecture)) return [];
  return [
    { path: ["architecture", "names"], part: "key", message: "has no effect, because the command names its tensors" },
  ];
}

function widthFaults(
  architecture: Architecture,
  model: Model,
  taken: readonly string[],
  solved: readonly string[],
): Fault[] {
  const inputs = `input${taken.length === 1 ? "" : "s"} (${listOf(taken)})`;
  const outputs = `output${solved.length === 1 ? "" : "s"} (${listOf(solved)})`;
  const ends = [
    { side: "inputs", layer: 0, found: model.inputs, expected: taken.length, what: inputs },
    { side: "outputs", layer: -1, found: model.outputs, expected: solved.length, what: outputs },
  ];
  return ends
    .filter(({ found, expected }) => found !== expected)
    .map(({ side, layer, found, expected, what }) => {
      const rule = `a pinn problem has ${expected} ${what}`;
      if (architecture.kind !== "mlp") return { path: ["architecture"], message: `has ${found} ${side}; ${rule}` };
      const { widths } = architecture;
      return { path: ["architecture", "widths", layer < 0 ? widths.length - 1 : 0], message: `is ${found}; ${rule}` };
    });
}

const listOf = (names: readonly string[]) =>
  names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join();
