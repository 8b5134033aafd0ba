import { loadBackend } from "../graph/backends/index.js";
import { data, input } from "../graph/functions.js";
import type { Dtype } from "../graph/program.js";
import { type Architecture, createModel } from "./model.js";

/**
 * The outputs of a network with parameters `theta` for N samples: inputs [inputs × N], one row a feature, give
 * [outputs × N].
 */
export async function predict(
  architecture: Architecture,
  theta: Float64Array,
  inputs: Float64Array,
  { dtype, backend }: { dtype: Dtype; backend?: string },
): Promise<Float64Array> {
  const model = createModel(architecture);
  const parameters = input("theta", [1, model.size]);
  const outputs = model.apply(parameters, data(inputs, [model.inputs, inputs.length / model.inputs]));
  const program = { inputs: { theta: parameters }, outputs: { outputs } };
  const executable = await (await loadBackend(backend)).compile(program, { dtype });
  try {
    return (await executable.run({ theta })).outputs;
  } finally {
    await executable.release();
  }
}
