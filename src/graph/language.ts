/**
 * The graph language as a library: operators build symbolic tensors, derivatives are tensors too, and a backend
 * computes them. Nothing is computed before `compile`.
 */
import type { Backend, Executable } from "./backend.js";
import { loadBackend } from "./backends/index.js";
import type { Dtype, Program } from "./program.js";

export type { Executable, Values } from "./backend.js";
export { backendNames } from "./backends/names.js";
export { gradient, hessianVectorProduct, jvp } from "./differentiate.js";
export * from "./functions.js";
export { type OnnxOptions, toOnnx } from "./onnx.js";
export type { Dtype, Program } from "./program.js";
export type { Shape } from "./shape.js";

/**
 * Compiles a program: feeds and results are row-major arrays by the names of its inputs and outputs. Call `release` on
 * the result when you no longer need it.
 *
 * `dtype` is the number type of the computation, "f64" by default; results are always f64. `backend` is one of
 * `backendNames`, by default "onnxruntime".
 *
 * @throws TypeError or Error for a program with invalid inputs or outputs, for an unknown backend, and for a backend
 * that does not compute in `dtype`.
 */
export async function compile(
  program: Program,
  { dtype = "f64", backend }: { dtype?: Dtype; backend?: string } = {},
): Promise<Executable> {
  const loaded: Backend = await loadBackend(backend);
  return loaded.compile(program, { dtype });
}
