import type { Hdf5File } from "../../files/hdf5.js";
import type { NumberArray } from "../../files/numberArrays.js";
import type { FileTensor } from "./fileTensors.js";

/** Keras's names for the tensors of a layer → the names of PyTorch and this project. */
const names: Readonly<Record<string, string>> = {
  kernel: "weight",
  embeddings: "weight",
  depthwise_kernel: "depthwise.weight",
  pointwise_kernel: "pointwise.weight",
  recurrent_kernel: "recurrent.weight",
  bias: "bias",
  gamma: "weight",
  beta: "bias",
  moving_mean: "mean",
  moving_variance: "variance",
};

/** A tensor of Keras with this project's name and order of axes: kernels [out, in, height, width]. */
export function fromKeras(path: string, tensor: FileTensor): [string, FileTensor] {
  const parts = path.replace(/:\d+$/, "").split("/");
  const own = parts.pop()!;
  // Layers repeat their name: dense/dense/kernel.
  const layer = parts.filter((part, i) => part !== parts[i - 1]).join(".");
  const name = Object.hasOwn(names, own) ? names[own] : own;
  const turned = /kernel$/.test(own) ? kernelOf(own, tensor) : tensor;
  return [layer === "" ? name : `${layer}.${name}`, turned];
}

/**
 * [in, out], [k, in, out] or [h, w, in, out] → [out, in, …]; for a depthwise kernel [h, w, in, n] → [in·n, 1, h, w].
 */
function kernelOf(own: string, { shape, read }: FileTensor): FileTensor {
  if (shape.length < 2) return { shape, read };
  const rank = shape.length;
  const isDepthwise = own === "depthwise_kernel";
  const ends = isDepthwise ? [rank - 2, rank - 1] : [rank - 1, rank - 2];
  const order = [...ends, ...Array.from({ length: rank - 2 }, (_, i) => i)];
  const turned = order.map((axis) => shape[axis]);
  const final = isDepthwise ? [turned[0] * turned[1], 1, ...turned.slice(2)] : turned;
  return { shape: final, read: () => transposed(read(), shape, order) };
}

function transposed(values: NumberArray, shape: readonly number[], order: readonly number[]): NumberArray {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
  const result = new (values.constructor as new (length: number) => NumberArray)(values.length);
  const index = new Array<number>(order.length).fill(0);
  for (let k = 0, at = 0; k < result.length; k++) {
    result[k] = values[at];
    for (let i = order.length - 1; i >= 0; i--) {
      at += strides[order[i]];
      if (++index[i] < shape[order[i]]) break;
      at -= strides[order[i]] * shape[order[i]];
      index[i] = 0;
    }
  }
  return result;
}

/**
 * The tensors of an HDF5 file of Keras 2 or 3, in the order of its layers if the file states it, otherwise sorted by
 * name.
 */
export function kerasTensors({ datasets, attributes, groups }: Hdf5File): Map<string, FileTensor> {
  const weights = [...datasets].filter(([path]) => !/(^|\/)(optimizer|optimizer_weights)(\/|$)/.test(path));
  const order = groups.flatMap((group) => {
    const own = attributes(group).get("weight_names")?.();
    return Array.isArray(own) ? own.map((name) => `${group}/${name}`.replace(/^\//, "")) : [];
  });
  const layers = groups.flatMap((group) => {
    const own = attributes(group).get("layer_names")?.();
    return Array.isArray(own) ? own : [];
  });
  const rank = (path: string) => {
    const layer = layers.findIndex((name) => path.split("/").includes(name));
    const place = order.indexOf(path);
    return (layer < 0 ? layers.length : layer) * (order.length + 1) + (place < 0 ? order.length : place);
  };
  const sorted = weights.sort(([a], [b]) => rank(a) - rank(b));
  const isKeras = sorted.some(([path]) => /kernel(:0)?$|\/vars\/\d+$/.test(path));
  const entries = sorted.map(([path, { shape, read }]) => {
    if (!isKeras) return [path.replaceAll("/", "."), { shape, read }] as const;
    return fromKeras(named(path, datasets), { shape, read });
  });
  return new Map(entries);
}

/** Keras 3 numbers the variables of a layer. Their shapes and their number identify them. */
function named(path: string, datasets: Hdf5File["datasets"]): string {
  const [, layer, number] = /^(.*)\/vars\/(\d+)$/.exec(path) ?? [];
  if (layer === undefined) return path.replace(/^model_weights\//, "");
  const siblings = [...datasets.keys()].filter((other) => other.startsWith(`${layer}/vars/`));
  const first = datasets.get(`${layer}/vars/0`)!;
  const isMatrix = first.shape.length > 1;
  const roles = isMatrix ? ["kernel", "bias"] : ["gamma", "beta", "moving_mean", "moving_variance"];
  const isDepthwise = isMatrix && siblings.length > 1 && datasets.get(`${layer}/vars/1`)!.shape.length > 1;
  const own = isDepthwise ? ["depthwise_kernel", "pointwise_kernel", "bias"] : roles;
  const isEmbedding = isMatrix && /embedding/.test(layer);
  return `${layer.replace(/(^|\/)layers\//g, "$1")}/${isEmbedding ? "embeddings" : (own[Number(number)] ?? number)}`;
}
