import { createRequire } from "node:module";
import type { Shape } from "../shape.js";

/** The parts of a TensorFlow.js tensor that Cirque uses. */
export interface TfTensor {
  readonly shape: number[];
  data(): Promise<ArrayLike<number>>;
  clone(): TfTensor;
  dispose(): void;
}

type Unary = (x: TfTensor) => TfTensor;
type Binary = (a: TfTensor, b: TfTensor) => TfTensor;

/**
 * The parts of TensorFlow.js that Cirque uses: operators and memory, not its differentiation. They are the same in all
 * its packages.
 */
export interface Tensorflow
  extends Record<"neg" | "sqrt" | "exp" | "log" | "tanh" | "sin" | "cos" | "sigmoid" | "abs" | "relu" | "erf", Unary>,
    Record<"square" | "reciprocal", Unary>,
    Record<"add" | "sub" | "mul" | "div" | "pow" | "maximum" | "minimum", Binary>,
    Record<"greater" | "greaterEqual" | "equal", Binary> {
  readonly version: Readonly<Record<string, string>>;
  ready(): Promise<void>;
  getBackend(): string;
  enableProdMode(): void;
  memory(): { numTensors: number };
  tidy<T>(compute: () => T): T;
  tensor(values: Float32Array, shape: Shape, dtype: "float32"): TfTensor;
  scalar(value: number, dtype: "float32" | "int32"): TfTensor;
  range(start: number, stop: number, step: number, dtype: "int32"): TfTensor;
  cast(x: TfTensor, dtype: "int32"): TfTensor;
  where(condition: TfTensor, a: TfTensor, b: TfTensor): TfTensor;
  reshape(x: TfTensor, shape: Shape): TfTensor;
  tile(x: TfTensor, repeats: readonly number[]): TfTensor;
  sum(x: TfTensor, axes: readonly number[], keepDims: boolean): TfTensor;
  max(x: TfTensor, axes: readonly number[], keepDims: boolean): TfTensor;
  transpose(x: TfTensor, permutation: readonly number[]): TfTensor;
  slice(x: TfTensor, begin: readonly number[], size: readonly number[]): TfTensor;
  stridedSlice(x: TfTensor, begin: readonly number[], end: readonly number[], steps: readonly number[]): TfTensor;
  pad(x: TfTensor, widths: readonly (readonly [number, number])[]): TfTensor;
  concat(tensors: readonly TfTensor[], axis: number): TfTensor;
  gather(x: TfTensor, indices: TfTensor, axis: number): TfTensor;
  scatterND(indices: TfTensor, updates: TfTensor, shape: Shape): TfTensor;
  matMul(a: TfTensor, b: TfTensor, transposeA: boolean, transposeB: boolean): TfTensor;
  conv2d(
    images: TfTensor,
    filter: TfTensor,
    stride: number,
    padding: "valid",
    dataFormat: "NHWC",
    dilation: number,
  ): TfTensor;
}

export interface TensorflowLibrary {
  readonly tf: Tensorflow;
  /** The package that it comes from. */
  readonly from: string;
}

/** Fastest first. */
export const TENSORFLOW_PACKAGES = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node", "@tensorflow/tfjs"] as const;

const require = createRequire(import.meta.url);

/**
 * The first installed package, ready to compute. Throws when none is installed, and when an installed one does not
 * work, so that it never falls back to a slower one silently.
 */
export async function loadTensorflow(packages: readonly string[] = TENSORFLOW_PACKAGES): Promise<TensorflowLibrary> {
  const from = packages.find(isInstalled);
  if (from === undefined) {
    throw new Error(
      `backend tensorflow: none of ${packages.join(", ")} is installed; run "npm install @tensorflow/tfjs-node" ` +
        "(or tfjs-node-gpu with CUDA, or tfjs in plain JavaScript, which is slow), or choose another backend",
    );
  }
  // Set before the library starts, this silences messages of TensorFlow's C library on stderr.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "1";
  try {
    const tf = require(from) as Tensorflow;
    tf.enableProdMode(); // no greeting on the console
    await tf.ready();
    // A native library that does not work with this Node fails here, at its first tensor.
    tf.tidy(() => void tf.neg(tf.scalar(1, "float32")));
    return { tf, from };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `backend tensorflow: ${from} is installed but does not work on Node ${process.versions.node}: ${why}; ` +
        `reinstall it, use a Node it supports, or remove it to use the next of ${packages.join(", ")}`,
      { cause },
    );
  }
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
