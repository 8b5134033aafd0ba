import type { Outlook } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";
import { checkLossData } from "../outlooks/losses.js";
import { checkRows } from "../outlooks/rows.js";
import { checkMatrix, checkTensors } from "../outlooks/tensors.js";
import type { HessianParams } from "./tasks.js";

type Inputs = Readonly<Record<string, readonly Outlook[]>>;

/** Inputs that do not fit the parameters, and parameters that these inputs make useless. */
export function checkHessian(params: HessianParams, inputs: Inputs): Fault[] {
  const { rows, tensors } = params;
  const [model] = inputs.model;
  return [
    ...checkLossData(inputs, params),
    ...checkRows(rows, model, ["with", "rows"]),
    ...checkTensors(tensors, model),
    ...checkMatrix(params, model),
    ...(inputs.directions === undefined
      ? uselessOfGradient(params, inputs)
      : [...faultsOfDirections(params), ...faultsOfFound(params, inputs.directions[0])]),
  ];
}

const fault = (name: string, message: string): Fault => ({ path: ["with", name], message: `${name} ${message}` });

/** Given eigenvectors are of one checkpoint, and leave nothing to search for or to draw unless more is asked. */
function faultsOfDirections(params: HessianParams): Fault[] {
  const { rows, top, bottom, trace, density, blocks, gradient } = params;
  if (rows !== undefined) return [fault("rows", "is given, but directions are eigenvectors at one checkpoint")];
  if (top === 0) return [fault("top", "is 0, so that the eigenvectors at port directions would be of no use")];
  if (bottom > 0 || trace || density || blocks !== "none" || gradient) return [];
  const message = "has no effect, because the directions are the eigenvectors and nothing is drawn; leave it out";
  return changed(params, ["seed", "maxIterations"]).map((name) => fault(name, message));
}

/** Directions that cannot be the largest eigenvectors of this matrix. */
function faultsOfFound(params: HessianParams, { found, stage, amount = params.top }: Outlook): Fault[] {
  if (found === undefined) return [];
  const { method, which, matrix = "hessian", tensors, normalize = "none" } = found;
  const own = { matrix: params.matrix ?? "hessian", tensors: params.tensors };
  const wrong =
    method !== "hessian"
      ? `method: ${method}`
      : which === "smallest"
        ? "which: smallest"
        : normalize !== "none"
          ? `normalize: ${normalize}`
          : undefined;
  if (wrong !== undefined) {
    const message = `${stage} has ${wrong}; expected the largest eigenvectors (method: hessian, which: largest or magnitude)`;
    return [{ path: ["from", "directions"], message }];
  }
  const expected = "expected the eigenvectors of the same matrix";
  return [
    ...(matrix === own.matrix ? [] : [fault("matrix", `is ${own.matrix}, that of ${stage} ${matrix}; ${expected}`)]),
    ...(JSON.stringify(tensors) === JSON.stringify(own.tensors)
      ? []
      : [fault("tensors", `differ from those of ${stage}; ${expected}`)]),
    ...(amount < params.top ? [fault("top", `is ${params.top}; ${stage} has ${amount} eigenvectors`)] : []),
  ];
}

/** The gradient alone needs the matrix, and random numbers, only for differences between mini-batches. */
function uselessOfGradient(params: HessianParams, { data = [] }: Inputs): Fault[] {
  const { top, bottom, trace, density, batchSize } = params;
  if (top + bottom > 0 || trace || density) return [];
  const count = data[0] === undefined ? 0 : (data[0].amount ?? Number.POSITIVE_INFINITY);
  if (count > batchSize) return [];
  const message = "has no effect on the gradient of a loss that is one batch; leave it out";
  return changed(params, ["matrix", "seed"]).map((name) => fault(name, message));
}

const defaults = { matrix: undefined, seed: 0, maxIterations: 1000 };

const changed = (params: HessianParams, names: readonly (keyof typeof defaults)[]) =>
  names.filter((name) => params[name] !== defaults[name]);
