import { AsyncLocalStorage } from "node:async_hooks";
import { type AddProduct, addProduct } from "../../linalg/matrixProduct.js";
import type { Backend } from "../backend.js";
import { checkedBackend } from "./checked.js";
import { type BackendName, backendNames, requireBackendName } from "./names.js";

const backends: Readonly<Record<BackendName, () => Promise<Backend>>> = {
  onnxruntime: async () => (await import("./onnxruntime.js")).onnxruntimeBackend(),
  webgpu: async () => checkedBackend(await (await import("./onnxruntime.js")).webgpuBackend(), loadCpu),
  tensorflow: async () => checkedBackend(await (await import("./tensorflow.js")).tensorflowBackend(), loadCpu),
  reference: async () => (await import("./reference.js")).referenceBackend,
};

/** The backend to compare with: ONNX Runtime on the CPU if it works, otherwise the interpreter. */
function loadCpu(): Promise<Backend> {
  return backends.onnxruntime().catch(backends.reference);
}

/** The work that goes on: the name of its backend, and the backends that it has loaded, name → version. */
const current = new AsyncLocalStorage<{ name: string; versions: Map<string, string> }>();

const currentName = () => current.getStore()?.name ?? backendNames[0];

/** The backend of this name, by default that of the work that goes on (withBackend), else the first. */
export async function loadBackend(name: string = currentName()): Promise<Backend> {
  requireBackendName(name);
  const backend = await backends[name]();
  current.getStore()?.versions.set(backend.name, backend.version);
  return backend;
}

/**
 * Multiplies dense f64 matrices for code that does not know about backends: ONNX Runtime if it is the backend of the
 * current work, otherwise `addProduct`, which is faster than an interpreter and does not round to f32.
 */
export async function loadProduct(): Promise<AddProduct> {
  const name = currentName();
  requireBackendName(name);
  if (name !== "onnxruntime") return addProduct;
  const { loadOnnxruntimeProduct } = await import("./onnxruntime.js");
  const { product, version } = await loadOnnxruntimeProduct();
  current.getStore()?.versions.set(name, version);
  return product;
}

/** Does some work on the named backend. Returns its result and the backends that it loaded, name → version. */
export async function withBackend<T>(
  name: string | undefined,
  work: () => T | Promise<T>,
): Promise<{ result: T; backends: Record<string, string> }> {
  const versions = new Map<string, string>();
  const result = await current.run({ name: name ?? backendNames[0], versions }, async () => work());
  return { result, backends: Object.fromEntries(versions) };
}
