import * as f from "../../graph/functions.js";
import type { Scope } from "./networkModel.js";

/** Height and width, in pixels, of the neighbourhood that influences a pixel; odd. */
const WINDOW = 11;
const ITERATIONS = 5;

/**
 * Mean-field inference in a conditional random field of pixels (Krähenbühl & Koltun 2011, with only the smoothness
 * kernel; Zheng et al. 2015 as a layer). Unary logits [N, classes, H, W] give logits by five iterations of
 *
 *   q = softmax(logits),  logits_i ← unary_i + w · Σ_{j ≠ i} exp(−½·(Δy²·s_y² + Δx²·s_x²)) q_j
 *
 * over the 11 × 11 pixels around i, which is the Potts model up to a constant. The weight w and the inverse widths s
 * are parameters that start at 1.
 */
export function meanField(scope: Scope, name: string, unary: f.Tensor): f.Tensor {
  const one = () => 1;
  const weight = scope.parameter({ name: `${name}.smoothness`, role: "bias", shape: [1] }, one);
  const sharpness = scope.parameter({ name: `${name}.sharpness`, role: "bias", shape: [2] }, one);
  const [images, classes, height, width] = unary.shape;
  const reach = (WINDOW - 1) / 2;
  const squares = f.constant(Float64Array.from({ length: WINDOW }, (_, i) => (i - reach) ** 2));
  const gaussian = (axis: number) =>
    f.exp(f.mul(f.mul(-0.5, squares), f.pow(f.slice(sharpness, 0, axis, axis + 1), 2)));
  const columns = f.reshape(gaussian(0), [1, 1, WINDOW, 1]);
  const rows = f.reshape(gaussian(1), [1, 1, 1, WINDOW]);
  const margin = [0, 0, reach, reach];

  // The kernel is a product of one kernel per axis. It is 1 at the pixel itself, which is subtracted again.
  function neighbours(q: f.Tensor): f.Tensor {
    const planes = f.pad(f.reshape(q, [images * classes, 1, height, width]), margin, margin);
    return f.sub(f.reshape(f.conv2d(f.conv2d(planes, columns), rows), q.shape), q);
  }

  let logits = unary;
  for (let i = 0; i < ITERATIONS; i++) logits = f.add(unary, f.mul(weight, neighbours(f.softmax(logits, 1))));
  return logits;
}
