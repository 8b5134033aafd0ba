/** Activation functions. */
import * as f from "../../functions.js";
import type { Tensor } from "../../tensor.js";
import { type Call, frontAxis, type Rule } from "../call.js";
import { real } from "../value.js";

const activation =
  (make: (x: Tensor, call: Call) => Tensor): Rule =>
  (call) =>
    real(make(call.tensor(0), call));

/** x when it is positive, otherwise `negative` of min(x, 0), whose exponential does not overflow. */
const below = (x: Tensor, negative: (x: Tensor) => Tensor) => f.where(f.greater(x, 0), x, negative(f.minimum(x, 0)));

const elu = (x: Tensor, alpha: number) => below(x, (y) => f.mul(alpha, f.sub(f.exp(y), 1)));

/** max(0, min(1, alpha·x + beta)). */
const hardSigmoid = (x: Tensor, alpha: number, beta: number) =>
  f.maximum(f.minimum(f.add(f.mul(alpha, x), beta), 1), 0);

/** The constants of Klambauer et al. 2017. */
const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 };

function gelu(x: Tensor, call: Call): Tensor {
  if (call.text("approximate", "none") !== "tanh") return f.gelu(x);
  const inner = f.mul(Math.sqrt(2 / Math.PI), f.add(x, f.mul(0.044715, f.pow(x, 3))));
  return f.mul(f.mul(0.5, x), f.add(1, f.tanh(inner)));
}

/**
 * Before opset 13 the axes from `axis` on (1 by default) are merged. Since then there is one axis, the last by default.
 */
function alongAxis(call: Call, make: (x: Tensor, axis: number) => Tensor): Tensor {
  const x = call.tensor(0);
  if (call.opset >= 13) return make(x, frontAxis(call.number("axis", -1), x.shape.length));
  const axis = call.number("axis", 1);
  const first = axis === x.shape.length ? axis : frontAxis(axis, x.shape.length);
  const product = (lengths: readonly number[]) => lengths.reduce((size, length) => size * length, 1);
  const flat = f.reshape(x, [product(x.shape.slice(0, first)), product(x.shape.slice(first))]);
  return f.reshape(make(flat, 1), x.shape);
}

/** A slope has one axis for each of the last axes of x, or one value per channel. */
function prelu(x: Tensor, slope: Tensor): Tensor {
  return f.where(f.greater(x, 0), x, f.mul(slope, x));
}

export const activationRules: Readonly<Record<string, Rule>> = {
  Relu: activation(f.relu),
  Sigmoid: activation(f.sigmoid),
  Softplus: activation(f.softplus),
  Softsign: activation((x) => f.div(x, f.add(1, f.abs(x)))),
  LeakyRelu: activation((x, call) => below(x, () => f.mul(call.number("alpha", 0.01), x))),
  PRelu: activation((x, call) => prelu(x, call.tensor(1))),
  Elu: activation((x, call) => elu(x, call.number("alpha", 1))),
  Celu: activation((x, call) => {
    const alpha = call.number("alpha", 1);
    return below(x, (y) => f.mul(alpha, f.sub(f.exp(f.div(y, alpha)), 1)));
  }),
  Selu: activation((x, call) => f.mul(call.number("gamma", SELU.gamma), elu(x, call.number("alpha", SELU.alpha)))),
  HardSigmoid: activation((x, call) => hardSigmoid(x, call.number("alpha", 0.2), call.number("beta", 0.5))),
  HardSwish: activation((x) => f.mul(x, hardSigmoid(x, 1 / 6, 0.5))),
  Swish: activation((x, call) => f.mul(x, f.sigmoid(f.mul(call.number("alpha", 1), x)))),
  QuickGelu: activation((x, call) => f.mul(x, f.sigmoid(f.mul(call.number("alpha", 1.702), x)))),
  Mish: activation((x) => f.mul(x, f.tanh(f.softplus(x)))),
  ThresholdedRelu: activation((x, call) => f.where(f.greater(x, call.number("alpha", 1)), x, 0)),
  Shrink: activation((x, call) => {
    const [bias, lambda] = [call.number("bias", 0), call.number("lambd", 0.5)];
    return f.where(f.greater(x, lambda), f.sub(x, bias), f.where(f.greater(-lambda, x), f.add(x, bias), 0));
  }),
  Gelu: activation(gelu),
  FastGelu: activation((x, call) => {
    const shifted = call.optional(1) ? f.add(x, call.tensor(1)) : x;
    const inner = f.mul(Math.sqrt(2 / Math.PI), f.add(shifted, f.mul(0.044715, f.pow(shifted, 3))));
    return f.mul(f.mul(0.5, shifted), f.add(1, f.tanh(inner)));
  }),
  Softmax: (call) => real(alongAxis(call, f.softmax)),
  LogSoftmax: (call) => real(alongAxis(call, f.logSoftmax)),
};
