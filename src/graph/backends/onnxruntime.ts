import type { InferenceSession } from "onnxruntime-node";
import type { AddProduct } from "../../linalg/matrixProduct.js";
import { type Backend, checkFeeds, requireDtype, type Values } from "../backend.js";
import { toOnnx } from "../onnx.js";
import { reshapeOperator } from "../operators/broadcast.js";
import type { Dtype, Program } from "../program.js";
import { sizeOf } from "../shape.js";
import { type Tensor, topologicalOrder } from "../tensor.js";
import { blockConvolutions } from "./onnxruntime/blockLayout.js";
import { blockSize } from "./onnxruntime/blockSize.js";
import { disableTelemetry } from "./onnxruntime/noTelemetry.js";
import { onnxruntimeProduct } from "./onnxruntime/product.js";

/**
 * ONNX Runtime on the CPU, with one thread per session by default, because parallelism comes from several workers.
 * Convolutions in f32 run in the runtime's blocked kernels unless `blocked` is false. Both forms give the same values
 * up to rounding.
 */
export function onnxruntimeBackend({ blocked = true } = {}): Promise<Backend> {
  return backendOf("onnxruntime", "cpu", ["f32", "f64"], blocked);
}

/**
 * ONNX Runtime on a GPU through WebGPU (Vulkan, Metal or Direct3D 12), in f32. Operators without a kernel there run on
 * the CPU. WebGPU allows an absolute error of 2⁻¹¹ in sines and cosines.
 */
export function webgpuBackend(): Promise<Backend> {
  return backendOf("webgpu", "webgpu", ["f32"], false);
}

/** `addProduct` on the CPU, and the version of the runtime. */
export async function loadOnnxruntimeProduct(): Promise<{ product: AddProduct; version: string }> {
  const runtime = await load();
  return { product: await onnxruntimeProduct(runtime, SESSION_OPTIONS), version: versionOf(runtime) };
}

async function backendOf(
  name: string,
  provider: "cpu" | "webgpu",
  dtypes: readonly Dtype[],
  blocked: boolean,
): Promise<Backend> {
  const runtime = await load();
  const { InferenceSession, Tensor: Fed } = runtime;
  const block = blocked ? await blockSize(runtime) : undefined;
  const backend: Backend = {
    name,
    version: versionOf(runtime),
    dtypes,
    async compile(program, { dtype, threads = 1 }) {
      requireDtype(backend, dtype);
      const optimize = dtype === "f32" && block ? (own: Program) => blockConvolutions(own, block) : undefined;
      // Only the CPU has a kernel for the fused product.
      const outputs = Object.fromEntries(
        Object.entries(program.outputs).map(([name, tensor]) => [name, withoutReshape(tensor)]),
      );
      const own = { inputs: program.inputs, outputs };
      const model = await toOnnx(own, { dtype, fusedMatMul: provider === "cpu", optimize });
      const options: InferenceSession.SessionOptions = {
        ...{ ...SESSION_OPTIONS, intraOpNumThreads: threads, executionProviders: [provider] },
        enableMemPattern: numbersIn(own) < PLANNED_NUMBERS,
      };
      const session = await InferenceSession.create(model, options).catch(explain);
      const type = dtype === "f64" ? "float64" : "float32";
      return {
        async run(feeds, into = {}) {
          checkFeeds(program, feeds);
          const tensors = Object.entries(program.inputs).map(([name, { shape }]) => [
            name,
            new Fed(type, convert(feeds[name], dtype), shape),
          ]);
          const places = Object.entries(outputs).map(([name, { shape }]) => [
            name,
            Object.hasOwn(into, name) ? new Fed(type, into[name], shape) : null,
          ]);
          const results = await session.run(Object.fromEntries(tensors), Object.fromEntries(places));
          const others = Object.entries(results).filter(([name]) => !Object.hasOwn(into, name));
          const values = others.map(([name, { data }]) => [name, convert(data as Values, "f64")]);
          return Object.fromEntries(values);
        },
        release: () => session.release(),
      };
    },
  };
  return backend;
}

const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  interOpNumThreads: 1,
  // A second thread that spins while it waits would take the core of another training.
  extra: { session: { intra_op: { allow_spinning: "0" }, force_spinning_stop: "1" } },
  // The next level folds scalar factors into matrix products as f32 attributes, even in f64 graphs, which causes errors
  // of 1e-8.
  graphOptimizationLevel: "basic",
  // Logs errors only, because it warns about every graph that partly runs on the CPU.
  logSeverityLevel: 3,
};

/**
 * Above this many numbers in all tensors of a graph, each tensor is allocated by itself. One planned block saves a few
 * percent of the time in small graphs, but took 2.4 GB instead of 1.6 GB for products with the Hessian of a ResNet-18.
 */
const PLANNED_NUMBERS = 2 ** 26;

const numbersIn = ({ outputs }: Program) =>
  topologicalOrder(Object.values(outputs)).reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** A result before its last reshape, for which ONNX Runtime would make a copy. The shape is not visible outside. */
const withoutReshape = (x: Tensor): Tensor => (x.operator === reshapeOperator ? x.inputs[0] : x);

/** Adds advice for a machine without a GPU. */
function explain(cause: unknown): never {
  if (!(cause instanceof Error && /WebGPU adapter/.test(cause.message))) throw cause;
  throw new Error(
    "backend webgpu finds no GPU on this machine; it needs a driver for Vulkan (with the loader libvulkan.so.1), " +
      "Metal or Direct3D 12. The backend onnxruntime computes on the CPU",
    { cause },
  );
}

/** The values in an element type; the same array if it has that type already. */
function convert(values: Values, dtype: Dtype): Values {
  if (dtype === "f64") return values instanceof Float64Array ? values : new Float64Array(values);
  return values instanceof Float32Array ? values : new Float32Array(values);
}

const versionOf = ({ env: { versions } }: Awaited<ReturnType<typeof load>>) => versions.node ?? versions.common;

async function load() {
  disableTelemetry();
  try {
    return await import("onnxruntime-node");
  } catch (cause) {
    const platform = `${process.platform}-${process.arch}`;
    throw new Error(
      `onnxruntime-node has no working native build for ${platform}; run "npm ci" on this machine, ` +
        "or set CIRQUE_BACKEND=reference for the slower backend in plain JavaScript",
      { cause },
    );
  }
}
