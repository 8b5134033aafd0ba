import type { Dtype } from "../../graph/program.js";
import type { Architecture } from "../networks/architecture.js";
import { createPredictor } from "./predictor.js";

/** The number of input values that go through the network at once, which bounds the memory of its layers. */
const CHUNK_NUMBERS = 2 ** 16;

/**
 * The outputs of a network with parameters `theta` for N samples: inputs [inputs × N], one row per feature, give
 * [outputs × N]. The samples are computed in chunks of bounded memory.
 */
export async function predict(
  architecture: Architecture,
  theta: Float64Array,
  inputs: Float64Array,
  options: { dtype: Dtype; backend?: string },
): Promise<Float64Array> {
  const { model, predict: outputsOf, release } = await createPredictor(architecture, options);
  const total = inputs.length / model.inputs;
  const chunk = Math.max(1, Math.floor(CHUNK_NUMBERS / model.inputs));
  const outputs = new Float64Array(model.outputs * total);
  try {
    for (let start = 0; start < total; start += chunk) {
      const count = Math.min(chunk, total - start);
      const results = await outputsOf(theta, columns(inputs, total, start, count));
      for (let row = 0; row < model.outputs; row++) {
        outputs.set(results.subarray(row * count, (row + 1) * count), row * total + start);
      }
    }
    return outputs;
  } finally {
    await release();
  }
}

/** The columns start … start + count of a matrix with `width` columns. */
function columns(matrix: Float64Array, width: number, start: number, count: number): Float64Array {
  const cut = new Float64Array((matrix.length / width) * count);
  for (let row = 0; row * width < matrix.length; row++) {
    cut.set(matrix.subarray(row * width + start, row * width + start + count), row * count);
  }
  return cut;
}
