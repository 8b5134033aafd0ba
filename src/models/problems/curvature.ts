import { gradient, hessianVectorProduct, jvp, vjp } from "../../graph/differentiate.js";
import * as f from "../../graph/functions.js";
import { sizeOf } from "../../graph/shape.js";

/** Second-order matrices of a loss at a point of its parameters. */
export const curvatures = ["hessian", "ggn", "fisher", "empirical-fisher"] as const;
export type Curvature = (typeof curvatures)[number];

/** A term of the loss as a mean over samples, for losses that depend on the parameters only through outputs. */
export interface Fit {
  /** The network's output, or the residual of an equation, at one parameter point. */
  readonly outputs: f.Tensor;
  /** The loss of each sample, a convex function of its outputs. The term is their mean. */
  readonly losses: f.Tensor;
}

/** The loss as the sum of means over samples, and of a penalty that depends on the parameters directly. */
export interface LossParts {
  readonly fits: readonly Fit[];
  readonly penalty?: f.Tensor;
}

/**
 * The product of a positive semidefinite curvature matrix with v, at one point `theta` [1, n]:
 *
 * - `ggn`, the generalised Gauss–Newton matrix (Schraudolph 2002): JᵀHJ plus the Hessian of the penalty, where J is the
 *   Jacobian of the outputs and H is the Hessian of the mean loss in them. It equals the Hessian when the outputs are
 *   linear in the parameters, or when the loss has zero gradient in the outputs.
 * - `fisher`, the Fisher information of the model whose negative log-likelihood is the loss of a sample: a categorical
 *   model for cross-entropy, a Bernoulli model for binary cross-entropy, a Gaussian model for squared errors. The
 *   outputs are its natural parameters, so it is the Gauss–Newton matrix (Martens 2020), without the penalty, which is
 *   not a likelihood.
 * - `empirical-fisher`: the mean over samples of ggᵀ, where g is the gradient of the sample's loss. With several terms
 * it
 *   is the sum over the terms.
 *
 * Forward mode gives Jv, and reverse mode its product with Jᵀ. The result is exact and costs about two gradients.
 */
export function curvatureProduct(
  matrix: Exclude<Curvature, "hessian">,
  { fits, penalty }: LossParts,
  theta: f.Tensor,
  v: f.Tensor,
): f.Tensor {
  const products = fits.map((fit) =>
    matrix === "empirical-fisher" ? outer(fit, theta, v) : gaussNewton(fit, theta, v),
  );
  if (penalty && matrix === "ggn") products.push(hessianVectorProduct(penalty, theta, v));
  return products.reduce((sum, product) => f.add(sum, product));
}

function gaussNewton({ outputs, losses }: Fit, theta: f.Tensor, v: f.Tensor): f.Tensor {
  const [moved] = jvp([outputs], [theta], [v]);
  const [slope] = gradient(losses, [outputs]);
  const [curved] = jvp([slope], [outputs], [moved]);
  return vjp(outputs, [theta], f.div(curved, sizeOf(losses.shape)))[0];
}

function outer({ losses }: Fit, theta: f.Tensor, v: f.Tensor): f.Tensor {
  const [slopes] = jvp([losses], [theta], [v]);
  return vjp(losses, [theta], f.div(slopes, sizeOf(losses.shape)))[0];
}
