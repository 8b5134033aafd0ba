import { loadBackend } from "../../src/graph/backends/index.js";
import type { Dtype, Program } from "../../src/graph/program.js";
import type { Tensor } from "../../src/graph/tensor.js";

/** Compiles, runs once and releases. */
export async function run(
  program: Program,
  feeds: Record<string, Float64Array> = {},
  { backend = "reference", dtype = "f64" as Dtype } = {},
): Promise<Record<string, Float64Array>> {
  const executable = await (await loadBackend(backend)).compile(program, { dtype });
  try {
    return await executable.run(feeds);
  } finally {
    await executable.release();
  }
}

/** The value of a tensor that depends on no inputs, as a list. */
export async function valuesOf(tensor: Tensor): Promise<number[]> {
  return [...(await run({ inputs: {}, outputs: { value: tensor } })).value];
}
