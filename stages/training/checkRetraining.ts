import { isWithoutSamples } from "../../src/models/problems/problemKinds.js";
import type { Outlook } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";
import type { TrainingSettings } from "../artifacts/model.js";
import { checkLossData } from "../outlooks/losses.js";
import { misfits } from "../outlooks/network.js";
import { needsImages } from "../outlooks/samples.js";

interface Params extends Partial<TrainingSettings> {
  iterationsPerEpoch: number;
}

/** What a training that continues another one does not use or lacks. */
export function checkRetraining(params: Params, inputs: Readonly<Record<string, readonly Outlook[]>>): Fault[] {
  const [{ problem, optimizer: trained, stage, network }] = inputs.model;
  const faults = checkLossData(inputs, params, { batchSize: undefined });
  const { optimizer } = params;
  const given = (names: readonly (keyof Params)[], message: string): Fault[] =>
    names.filter((name) => params[name] !== undefined).map((name) => ({ path: ["with", name], message }));
  if (optimizer === undefined && trained === "none") {
    const message = `${stage} does not state its training settings, because it was not trained here; set optimizer`;
    faults.push({ path: ["with"], part: "key", message });
  }
  faults.push(...iterationFaults(optimizer));
  const kind = optimizer?.kind ?? trained;
  if (kind === "lbfgs") faults.push(...given(["clipGradient"], "has no effect with lbfgs; leave it out"));
  if (kind === "lbfgs" && params.schedule !== undefined) {
    const message = "schedule has no effect with lbfgs, whose steps come from a line search; leave it out";
    faults.push({ path: ["with", "schedule"], message });
  }
  if (network?.tensors.every(({ shape }) => shape.length <= 1)) {
    const message = `a jump moves tensors of two or more dimensions, and ${stage} has none`;
    faults.push({ path: ["from", "model"], message });
  }
  if (problem === undefined) return faults;
  const hasSamples = !isWithoutSamples(problem);
  if (!hasSamples || kind === "lbfgs") {
    faults.push(...given(["dropLast", "augment"], "needs a supervised problem with mini-batches; leave it out"));
  } else if (kind !== undefined && kind !== "none" && params.iterationsPerEpoch !== 1) {
    const message = "iterationsPerEpoch needs iterations that each use all data; leave it out";
    faults.push({ path: ["with", "iterationsPerEpoch"], message });
  }
  if (!hasSamples && inputs.validation !== undefined) {
    faults.push({ path: ["from", "validation"], message: `a ${problem} problem needs no samples; leave it out` });
  }
  for (const message of misfits(inputs.model[0], inputs.validation ?? [])) {
    faults.push({ path: ["from", "validation"], message });
  }
  return [...faults, ...(hasSamples && params.augment ? needsImages(inputs) : [])];
}

/** The number of iterations is that of `epochs` and `iterationsPerEpoch`. */
function iterationFaults(optimizer: Params["optimizer"]): Fault[] {
  if (optimizer === undefined) return [];
  const isSet = optimizer.kind === "lbfgs" ? optimizer.maxIterations !== 15000 : optimizer.iterations !== undefined;
  const name = optimizer.kind === "lbfgs" ? "maxIterations" : "iterations";
  const message = `${name} has no effect here: epochs and iterationsPerEpoch say how many there are; leave it out`;
  return isSet ? [{ path: ["with", "optimizer", name], message }] : [];
}
