import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { namedArrays } from "../../files/namedArrays.js";
import { byteWidth, decodeNumbers, isNumberType, type NumberType } from "../../files/numberArrays.js";
import { readTorchFile } from "../../files/torchFile.js";
import { readZip } from "../../files/zip.js";
import type { FileTensor, FileTensors } from "./fileTensors.js";
import { fromKeras, kerasTensors } from "./kerasTensors.js";
import { stateDict } from "./stateDict.js";
import { type TensorFormat, tensorFormatOf } from "./tensorFormats.js";
import { type Manifest, parseIndex, shardsOf } from "./tensorIndex.js";

/**
 * The tensors of a file at `absolute`, by name; `name` begins each message. `key` selects a part of a PyTorch
 * checkpoint. A .json file is the index of sharded files, or a model of TensorFlow.js; the files that it names must be
 * in its folder.
 *
 * @throws Error for files that are damaged or refused.
 */
export async function openTensors(
  absolute: string,
  format: TensorFormat,
  name: string,
  key?: string,
): Promise<FileTensors> {
  const bytes = readFileSync(absolute);
  switch (format) {
    case "npz":
    case "safetensors":
      return { tensors: plain(bytes, format, name), ordered: format === "npz" };
    case "torch":
      return { tensors: stateDict(readTorchFile(bytes, name), name, key), ordered: true };
    case "hdf5":
      return ofKeras(bytes, name);
    case "keras": {
      const weights = readZip(bytes, name).get("model.weights.h5");
      if (weights === undefined) throw new Error(`${name} has no model.weights.h5; expected a file of Keras 3`);
      return ofKeras(weights(), `${name}: model.weights.h5`);
    }
    case "json":
      return indexed(bytes, absolute, name);
    default:
      return format satisfies never;
  }
}

function plain(bytes: Uint8Array, format: "npz" | "safetensors", name: string): Map<string, FileTensor> {
  const arrays = namedArrays(bytes, format, name);
  return new Map(
    [...arrays].map(([key, read]) => {
      const array = read();
      return [key, { shape: array.shape, read: () => array.values }];
    }),
  );
}

/** The numbers of HDF5 files are read immediately, because the library keeps the file open only for this time. */
async function ofKeras(bytes: Uint8Array, name: string): Promise<FileTensors> {
  const { readHdf5 } = await import("../../files/hdf5.js");
  return readHdf5(bytes, name, (file) => {
    const tensors = [...kerasTensors(file)].map(([key, { shape, read }]) => {
      const values = read();
      return [key, { shape, read: () => values }] as const;
    });
    const ordered = file.groups.some((group) => file.attributes(group).has("layer_names"));
    return { tensors: new Map(tensors), ordered };
  });
}

/** Reads a file in the folder of the index, and only there. */
function beside(absolute: string, file: string, name: string): Buffer {
  if (file !== file.split(/[\\/]/).pop() || file === "..") {
    throw new Error(`${name} names the file "${file}"; expected one in its folder`);
  }
  const path = join(dirname(absolute), file);
  try {
    if (dirname(realpathSync(path)) !== realpathSync(dirname(absolute))) {
      throw new Error(`${name} names the file "${file}", a link out of its folder`);
    }
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(`${name} names the file "${file}", which is not beside it`);
  }
}

async function indexed(bytes: Uint8Array, absolute: string, name: string): Promise<FileTensors> {
  const { weight_map: map, weightsManifest: manifest } = parseIndex(bytes, name);
  if (manifest) return { tensors: ofTensorflow(manifest, absolute, name), ordered: true };
  const tensors = new Map<string, FileTensor>();
  let ordered = true;
  for (const file of shardsOf(bytes, name)) {
    const format = tensorFormatOf(file);
    if (format !== "safetensors" && format !== "torch")
      throw new Error(`${name} names "${file}", which is not a file of tensors`);
    const content = beside(absolute, file, name);
    const own =
      format === "torch" ? stateDict(readTorchFile(content, file), file) : plain(content, "safetensors", file);
    ordered = ordered && format === "torch";
    for (const [key, tensor] of own) tensors.set(key, tensor);
  }
  const missing = Object.keys(map!).find((key) => !tensors.has(key));
  if (missing !== undefined) throw new Error(`${name} places "${missing}" in ${map![missing]}, which does not have it`);
  return { tensors, ordered };
}

const jsTypes: Readonly<Record<string, NumberType>> = {
  float32: "f4",
  float16: "f2",
  int32: "i4",
  uint8: "u1",
  uint16: "u2",
  bool: "b1",
};

/**
 * The weights of a TensorFlow.js model: one after the other in its shards, possibly quantized to integers with a scale.
 */
function ofTensorflow(manifest: NonNullable<Manifest["weightsManifest"]>, absolute: string, name: string) {
  const tensors = new Map<string, FileTensor>();
  const read = new Set<string>();
  for (const { paths, weights } of manifest) {
    for (const path of paths) {
      if (read.has(path)) throw new Error(`${name} names the file "${path}" twice`);
      read.add(path);
    }
    const bytes = Buffer.concat(paths.map((path) => beside(absolute, path, name)));
    let at = 0;
    for (const { name: key, shape, dtype, quantization } of weights) {
      const type = jsTypes[quantization?.dtype ?? dtype];
      const isSound =
        typeof key === "string" && Array.isArray(shape) && shape.every((n) => Number.isSafeInteger(n) && n >= 0);
      if (!isSound || type === undefined || !isNumberType(type)) {
        throw new Error(
          `${name} has a weight that cannot be read: ${JSON.stringify({ key, shape, dtype }).slice(0, 100)}`,
        );
      }
      const start = at;
      at += shape.reduce((product, length) => product * length, byteWidth(type));
      if (!(at <= bytes.length)) throw new Error(`${name}: ${key} is cut short in ${paths.join(", ")}`);
      const numbers = decodeNumbers(bytes.subarray(start, at), type, true, `${name}: ${key}`);
      const { scale = 1, min = 0 } = quantization ?? {};
      const isScaled = quantization !== undefined && quantization.dtype !== "float16";
      const values = isScaled ? Float32Array.from(numbers, (x) => x * scale + min) : numbers;
      tensors.set(...fromKeras(key, { shape, read: () => values }));
    }
    if (at !== bytes.length) throw new Error(`${name}: ${paths.join(", ")} have ${bytes.length} bytes; expected ${at}`);
  }
  return tensors;
}
