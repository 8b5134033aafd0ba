import type { Facts, Outlook } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";
import { checkLossData } from "../outlooks/losses.js";
import { mayHaveSameShapes } from "../outlooks/network.js";
import { checkMatrix, checkTensors } from "../outlooks/tensors.js";

/** A grid over more axes has more points than anybody computes. */
export const MOST_AXES = 16;

type Inputs = Readonly<Record<string, readonly Outlook[]>>;

/** How many directions there are, as far as the parameters tell, and their bytes. */
export function directionsOutlook({ method, count }: { method: string; count?: number }, { model, to }: Inputs): Facts {
  const parameters = model?.[0]?.parameters;
  const amount = amountOf(method, count, parameters, to);
  if (amount === undefined) return { parameters };
  // Each is stored as it was found and as it was prepared.
  const bytes = parameters === undefined ? undefined : 16 * parameters * amount;
  return { amount, unit: "directions", bytes, parameters, decidedBy: ["with", "count"] };
}

function amountOf(
  method: string,
  count: number | undefined,
  parameters: number | undefined,
  to: readonly Outlook[] = [],
): number | undefined {
  switch (method) {
    case "gradient":
      return 1;
    case "axes":
      return parameters;
    case "between":
      return count ?? to.reduce((sum, { steps }) => sum + steps, 0);
    // A file says itself how many it has.
    case "file":
      return undefined;
    default:
      return count;
  }
}

/** Models that a method does not use or lacks, and samples that its loss needs. */
export function checkDirectionInputs(
  params: { method: string; count?: number; tensors?: readonly string[]; orthogonalize?: boolean; matrix?: string },
  inputs: Inputs,
): Fault[] {
  const { method, count, tensors, orthogonalize } = params;
  const { to } = inputs;
  const parameters = inputs.model?.[0]?.parameters ?? 0;
  const others = (to ?? []).reduce((sum, { steps }) => sum + steps, 0);
  return [
    ...(ofLoss.includes(method) ? checkLossData(inputs, params) : []),
    ...checkTensors(tensors, inputs.model[0]),
    ...checkMatrix(params, inputs.model[0]),
    ...checkCount(params, inputs),
    ...(orthogonalize && directionsOutlook(params, inputs).amount === 1
      ? [{ path: ["with", "orthogonalize"], message: "orthogonalize needs two directions or more; leave it out" }]
      : []),
    ...(to !== undefined && method !== "between" && method !== "pca"
      ? [{ path: ["from", "to"], message: `directions by method: ${method} use no other models; leave it out` }]
      : []),
    ...(method === "between" && to === undefined
      ? [{ path: ["with", "method"], message: "between needs another model: add from: { to: <a model> }" }]
      : []),
    ...(method === "between" && to !== undefined && count !== undefined && count > others
      ? [{ path: ["with", "count"], message: `is ${count}; there are only ${others} models at "to"` }]
      : []),
    ...(to ?? [])
      .filter((other) => !mayHaveSameShapes(inputs.model[0], other))
      .map(({ stage }) => ({
        path: ["from", "to"],
        message: `${stage} has tensors of other shapes than ${inputs.model[0].stage}; expected one network`,
      })),
    ...(method === "axes" && parameters > MOST_AXES
      ? [
          {
            path: ["with", "method"],
            message: `axes has a direction for each weight; the model has ${parameters}, more than ${MOST_AXES}`,
          },
        ]
      : []),
  ];
}

/** More directions than the space has, or than the models span. */
function checkCount({ method, count = 0 }: { method: string; count?: number }, { model, to = [] }: Inputs): Fault[] {
  const [{ parameters, stage }] = model;
  const path = ["with", "count"];
  if ((method === "random" || method === "hessian") && parameters !== undefined && count > parameters) {
    return [{ path, message: `count is ${count}; ${stage} has ${parameters} weights, and no more directions` }];
  }
  if (method !== "pca") return [];
  const rows = [model[0], ...to].map(({ amount, steps }) => (amount === undefined ? Number.NaN : amount * steps));
  const total = rows.reduce((sum, each) => sum + each, 0);
  if (!(total - 1 < count)) return [];
  const found = `principal components of ${total} checkpoint${total === 1 ? "" : "s"}`;
  const message = `count is ${count}; there are at most ${total - 1} ${found}; keep more during training, or connect models to "to"`;
  return [{ path, message }];
}

/** Methods that draw random numbers, and those that compute a loss. */
const seeded = ["random", "hessian"];
const ofLoss = ["hessian", "gradient"];

interface OfMethod {
  method: string;
  seed: number;
  dtype: string;
  count?: number;
  maxIterations?: number;
}

/** Parameters of all methods that this one has no use for; a default says nothing. */
export function uselessOfMethod({ method, seed, dtype, count = 1, maxIterations = count }: OfMethod): Fault[] {
  return [
    ...(maxIterations < count
      ? [{ path: ["maxIterations"], message: `is ${maxIterations}; ${count} eigenvectors need as many products` }]
      : []),
    ...(seed !== 0 && !seeded.includes(method)
      ? [{ path: ["seed"], message: `is ${seed}; method: ${method} draws no random numbers: leave it out` }]
      : []),
    ...(dtype !== "f64" && !ofLoss.includes(method)
      ? [{ path: ["dtype"], message: `is ${dtype}; method: ${method} computes no loss: leave it out` }]
      : []),
  ];
}
