/** The supported ONNX operators. */
import type { Rule } from "./call.js";
import { activationRules } from "./operators/activations.js";
import { arithmeticRules } from "./operators/arithmetic.js";
import { attentionRules } from "./operators/attention.js";
import { convolutionRules } from "./operators/convolution.js";
import { indexingRules } from "./operators/indexing.js";
import { lossRules } from "./operators/losses.js";
import { movementRules } from "./operators/movement.js";
import { normalizationRules } from "./operators/normalization.js";
import { poolingRules } from "./operators/pooling.js";
import { productRules } from "./operators/products.js";
import { recurrentRules } from "./operators/recurrent.js";
import { reductionRules } from "./operators/reductions.js";
import { resizeRules } from "./operators/resize.js";
import { shapeRules } from "./operators/shapes.js";

export const rules: Readonly<Record<string, Rule>> = {
  ...arithmeticRules,
  ...activationRules,
  ...movementRules,
  ...indexingRules,
  ...shapeRules,
  ...reductionRules,
  ...productRules,
  ...convolutionRules,
  ...poolingRules,
  ...normalizationRules,
  ...resizeRules,
  ...recurrentRules,
  ...attentionRules,
  ...lossRules,
};
