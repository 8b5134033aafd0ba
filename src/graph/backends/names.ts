/** The names of the backends. Commands need them, and nothing else of a backend. */
import { suggestion } from "../../text/nearestName.js";

/** The default first. */
export const backendNames = ["onnxruntime", "webgpu", "tensorflow", "reference"] as const;

export type BackendName = (typeof backendNames)[number];

/**
 * How many threads of a process may compute on this backend at once. ONNX Runtime 1.30 crashes where two sessions run
 * on WebGPU at the same time (microsoft/onnxruntime issue 32561).
 */
export function threadLimit(name: string): number {
  return name === "webgpu" ? 1 : Infinity;
}

/** Throws unless a backend has this name. */
export function requireBackendName(name: string): asserts name is BackendName {
  if ((backendNames as readonly string[]).includes(name)) return;
  const known = `expected ${backendNames.slice(0, -1).join(", ")} or ${backendNames.at(-1)}`;
  throw new Error(`unknown backend "${name}"${suggestion(name, backendNames) || `; ${known}`}`);
}
