/** Losses that are part of a graph. */
import * as f from "../../functions.js";
import { sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import type { Call, Rule } from "../call.js";
import { real, type Value } from "../value.js";

/** −Σ w·log p over the labels, which have the shape of the scores without the axis of classes (axis 1). */
function likelihood(call: Call, logProbabilities: Tensor): Value {
  const labels = call.tensor(1);
  const [classes] = logProbabilities.shape.slice(1);
  const indices = f.reshape(labels, [labels.shape[0], 1, ...labels.shape.slice(1)]);
  const ignored = call.has("ignore_index") ? call.number("ignore_index", 0) : undefined;
  const counts = ignored === undefined ? undefined : f.sub(1, f.where(f.equal(labels, ignored), 1, 0));
  // An ignored label may be outside the classes.
  const safe = ignored === undefined ? indices : f.where(f.equal(indices, ignored), 0, indices);
  const chosen = f.reshape(f.gather(logProbabilities, safe, 1), labels.shape);
  const given = call.optional(2)?.tensor;
  const ofClass = given && f.reshape(f.gather(given, f.reshape(safe, [sizeOf(labels.shape)]), 0), labels.shape);
  if (given && given.shape[0] !== classes) throw new Error(`it has ${given.shape[0]} weights for ${classes} classes`);
  const weights = ofClass && counts ? f.mul(ofClass, counts) : (ofClass ?? counts);
  const losses = f.neg(weights ? f.mul(weights, chosen) : chosen);
  const reduction = call.text("reduction", "mean");
  if (reduction === "none") return real(losses);
  if (reduction === "sum") return real(f.sum(losses));
  return real(weights ? f.div(f.sum(losses), f.sum(weights)) : f.mean(losses));
}

export const lossRules: Readonly<Record<string, Rule>> = {
  NegativeLogLikelihoodLoss: (call) => likelihood(call, call.tensor(0)),
  SoftmaxCrossEntropyLoss: (call) => {
    const logProbabilities = f.logSoftmax(call.tensor(0), 1);
    return [likelihood(call, logProbabilities), real(logProbabilities)];
  },
};
