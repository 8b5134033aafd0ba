import type { Executable } from "../graph/backend.js";
import { loadBackend } from "../graph/backends/index.js";
import { input } from "../graph/functions.js";
import type { Dtype } from "../graph/program.js";
import { type Architecture, createModel } from "./model.js";

/** So many numbers of samples go through the network at once: what its layers hold meanwhile is bounded. */
const CHUNK_NUMBERS = 2 ** 16;

/**
 * The outputs of a network with parameters `theta` for N samples: inputs [inputs × N], one row a feature, give
 * [outputs × N]. The samples are computed in chunks of bounded memory.
 */
export async function predict(
  architecture: Architecture,
  theta: Float64Array,
  inputs: Float64Array,
  { dtype, backend }: { dtype: Dtype; backend?: string },
): Promise<Float64Array> {
  const model = createModel(architecture);
  const total = inputs.length / model.inputs;
  const chunk = Math.max(1, Math.floor(CHUNK_NUMBERS / model.inputs));
  const { compile } = await loadBackend(backend);
  const outputs = new Float64Array(model.outputs * total);
  let compiled: { count: number; executable: Executable } | undefined;
  try {
    for (let start = 0; start < total; start += chunk) {
      const count = Math.min(chunk, total - start);
      if (compiled?.count !== count) {
        await compiled?.executable.release();
        compiled = undefined;
        const [parameters, samples] = [input("theta", [1, model.size]), input("samples", [model.inputs, count])];
        const program = {
          inputs: { theta: parameters, samples },
          outputs: { outputs: model.apply(parameters, samples) },
        };
        compiled = { count, executable: await compile(program, { dtype }) };
      }
      const samples = columns(inputs, total, start, count);
      const results = await compiled.executable.run({ theta, samples });
      for (let row = 0; row < model.outputs; row++) {
        outputs.set(results.outputs.subarray(row * count, (row + 1) * count), row * total + start);
      }
    }
    return outputs;
  } finally {
    await compiled?.executable.release();
  }
}

/** Columns start … start + count of a matrix with `width` columns. */
function columns(matrix: Float64Array, width: number, start: number, count: number): Float64Array {
  const cut = new Float64Array((matrix.length / width) * count);
  for (let row = 0; row * width < matrix.length; row++) {
    cut.set(matrix.subarray(row * width + start, row * width + start + count), row * count);
  }
  return cut;
}
