/**
 * Rewrites convolution networks for ONNX Runtime's blocked kernels. Images stay in blocks of channels from one
 * convolution to the next. Operators that act element by element, on pixels or on whole blocks, work on them directly.
 */
import { type Program, schedule } from "../../program.js";
import { blockForms } from "./blockForms.js";
import { convolutionRules } from "./convolutionRules.js";
import { elementwiseRules } from "./elementwiseRules.js";
import { movementRules } from "./movementRules.js";
import { readersOf } from "./readers.js";

/** The same outputs with convolutions as blocked nodes of B channels per block, if their channels allow it. */
export function blockConvolutions(program: Program, block: number): Program["outputs"] {
  const { order, outputs } = schedule(program);
  const rules = new Map([...elementwiseRules(readersOf(order, outputs)), ...movementRules, ...convolutionRules]);
  const forms = blockForms(block, rules);
  for (const tensor of order) forms.rewrite(tensor);
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, forms.plain(tensor)]));
}
