import { randomStream } from "../../linalg/random.js";
import { type TensorLayout, tensorSize } from "./layout.js";

/**
 * The initial weights of fully connected layers and convolutions. fan_in and fan_out are the numbers of inputs and
 * outputs of a kernel's position.
 * - default: uniform on ±1/√fan_in, including biases, as in PyTorch.
 * - kaiming-uniform, kaiming-normal: variance 2 / fan_in (He et al. 2015), for ReLU.
 * - xavier-uniform, xavier-normal: variance 2 / (fan_in + fan_out) (Glorot & Bengio 2010).
 * - orthogonal: rows, or columns if they are fewer, orthonormal (Saxe et al. 2014); a kernel is a matrix [out, the
 *   rest].
 * - siren: for sines with factors ω₀ (Sitzmann et al. 2020): uniform on ±1/fan_in in the first layer, on
 *   ±√(6/fan_in)/ω₀ in the others; biases as by default, like the authors' code.
 *
 * All but the default and siren set the biases of these layers to 0. Norms always start as the identity; embeddings do
 * not depend on this option.
 */
export type Initialization =
  | "default"
  | "kaiming-uniform"
  | "kaiming-normal"
  | "xavier-uniform"
  | "xavier-normal"
  | "orthogonal"
  | "siren";

/** The numbers of inputs and outputs of a kernel [out, in, …]: fan_in and fan_out in torch.nn.init. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const places = shape.slice(2).reduce((product, length) => product * length, 1);
  return { fanIn: shape[1] * places, fanOut: shape[0] * places };
}

/**
 * The bound of PyTorch's default for a layer with this kernel: weights and biases are uniform between −bound and bound.
 */
export const defaultBound = (kernel: readonly number[]): number => 1 / Math.sqrt(fans(kernel).fanIn);

/** The initial weights of a kernel [out, in, …]. Every tensor draws from its own stream, named after it. */
export function initialKernel(
  tensor: Omit<TensorLayout, "offset">,
  initialization: Exclude<Initialization, "default" | "siren">,
  seed: number,
): Float64Array {
  const { fanIn, fanOut } = fans(tensor.shape);
  const random = randomStream(seed, "initialization", tensor.name);
  const normal = (variance: number) => scaled(random.normal, Math.sqrt(variance));
  const uniform = (variance: number) => scaled(() => 2 * random.uniform() - 1, Math.sqrt(3 * variance));
  const scaled = (draw: () => number, factor: number) =>
    Float64Array.from({ length: tensorSize(tensor) }, () => factor * draw());
  switch (initialization) {
    case "kaiming-uniform":
      return uniform(2 / fanIn);
    case "kaiming-normal":
      return normal(2 / fanIn);
    case "xavier-uniform":
      return uniform(2 / (fanIn + fanOut));
    case "xavier-normal":
      return normal(2 / (fanIn + fanOut));
    case "orthogonal":
      return orthonormal(tensor.shape[0], tensorSize(tensor) / tensor.shape[0], random.normal);
    default:
      return initialization satisfies never;
  }
}

/**
 * A random matrix [rows × columns] with orthonormal rows, or columns if they are fewer, from normal numbers by
 * Gram–Schmidt, applied twice.
 */
function orthonormal(rows: number, columns: number, draw: () => number): Float64Array {
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  for (let k = 0; k < count; k++) {
    const vector = Float64Array.from({ length }, draw);
    for (let pass = 0; pass < 2; pass++) {
      for (const before of vectors) {
        const along = before.reduce((sum, x, i) => sum + x * vector[i], 0);
        for (let i = 0; i < length; i++) vector[i] -= along * before[i];
      }
    }
    const size = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
    vectors.push(vector.map((x) => x / size));
  }
  const matrix = new Float64Array(rows * columns);
  for (const [k, vector] of vectors.entries()) {
    for (let i = 0; i < length; i++) matrix[rows <= columns ? k * columns + i : i * columns + k] = vector[i];
  }
  return matrix;
}
