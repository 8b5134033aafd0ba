/** Activations composed of the primitive operators. */
import { add, exp, log, mul, neg, relu, sigmoid, stopGradient, sub } from "../operators/elementwise.js";
import { erf } from "../operators/erf.js";
import type { Tensor } from "../tensor.js";

/** log(1 + exp x), shifted so that nothing overflows. */
export function softplus(x: Tensor): Tensor {
  // The result does not depend on the shift, so the shift is excluded from differentiation.
  const shift = stopGradient(relu(x));
  return add(shift, log(add(exp(sub(x, shift)), exp(neg(shift)))));
}

/** x·Φ(x), with the distribution function Φ of the normal distribution (the exact form). */
export function gelu(x: Tensor): Tensor {
  return mul(mul(0.5, x), add(1, erf(mul(Math.SQRT1_2, x))));
}

/** x·sigmoid(x), also called swish. */
export function silu(x: Tensor): Tensor {
  return mul(x, sigmoid(x));
}
