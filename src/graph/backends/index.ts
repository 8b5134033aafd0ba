import type { Backend } from "../backend.js";

const backends: Readonly<Record<string, () => Promise<Backend>>> = {
  onnxruntime: async () => (await import("./onnxruntime.js")).onnxruntimeBackend(),
  reference: async () => (await import("./reference.js")).referenceBackend,
};

/** The backend of this name: by default the one that the environment variable CIRQUE_BACKEND names, else onnxruntime. */
export async function loadBackend(name = process.env.CIRQUE_BACKEND || "onnxruntime"): Promise<Backend> {
  if (!Object.hasOwn(backends, name)) {
    throw new Error(`unknown backend "${name}"; expected ${Object.keys(backends).join(" or ")}`);
  }
  return backends[name]();
}
