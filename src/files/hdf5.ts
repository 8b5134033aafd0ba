/**
 * HDF5 files: named arrays of numbers and texts in groups, with attributes (The HDF Group, HDF5 File Format
 * Specification).
 */
import type { Attribute, Dataset, Entity, Group, Metadata } from "h5wasm";
import { checkGlobalHeaps } from "./hdf5Heaps.js";
import { type Hdf5Library, withHdf5File } from "./hdf5Library.js";
import { decodeNumbers, isNumberType, type NumberArray, type NumberType } from "./numberArrays.js";
import { requirePlausible } from "./unpacking.js";

type Hdf5Attribute = number | string | NumberArray | string[];

interface Hdf5Dataset {
  /** The length of each axis; [] for a single value. */
  readonly shape: readonly number[];
  /** The content: a number type, "text", or other words. */
  readonly type: NumberType | "text" | (string & {});
  readonly attributes: ReadonlyMap<string, () => Hdf5Attribute>;
  /**
   * All numbers, last index fastest, in the file's type if JavaScript has it (see decodeNumbers). Throws Error when the
   * dataset does not hold real numbers, is damaged, or is much larger than the file can hold.
   */
  readonly read: () => NumberArray;
  /** All texts, last index fastest. Throws Error when the dataset holds other things or is damaged. */
  readonly texts: () => string[];
}

export interface Hdf5File {
  /** By path from the root, such as "model/dense/kernel:0"; in alphabetical order within each group. */
  readonly datasets: ReadonlyMap<string, Hdf5Dataset>;
  /** Paths of the groups; the root is "". */
  readonly groups: readonly string[];
  /** The attributes of a group by its path. Each is read on demand. */
  readonly attributes: (group: string) => ReadonlyMap<string, () => Hdf5Attribute>;
}

const SIGNATURE = "\x89HDF\r\n\x1a\n";

/** The number of bytes per read. The library copies them once more. */
const SLAB_BYTES = 64 * 2 ** 20;

/** True when the bytes begin like an HDF5 file, after a user block of 0, 512, 1024, … bytes (MATLAB uses 512). */
export function isHdf5(bytes: Uint8Array): boolean {
  const signed = (at: number) => Buffer.from(bytes.subarray(at, at + 8)).toString("latin1") === SIGNATURE;
  for (let at = 0; at + 8 <= bytes.length; at = at === 0 ? 512 : 2 * at) if (signed(at)) return true;
  return false;
}

/**
 * Opens the bytes of an HDF5 file and resolves to the result of `use`. You can read datasets and attributes while `use`
 * runs. `name` begins each message. Links to other files and dangling links are left out. Rejects with Error for bytes
 * that are not an HDF5 file, or a damaged one.
 */
export async function readHdf5<T>(bytes: Uint8Array, name: string, use: (file: Hdf5File) => T): Promise<T> {
  if (!isHdf5(bytes)) throw new Error(`${name} is not an HDF5 file, or is cut short: its signature is missing`);
  checkGlobalHeaps(bytes, name);
  // An error of `use` itself is not an error of the file.
  let failed: { error: unknown } | undefined;
  const guarded = (file: Hdf5File) => {
    try {
      return use(file);
    } catch (error) {
      failed = { error };
      throw error;
    }
  };
  try {
    return await withHdf5File(bytes, (file, library) => guarded(contentOf(file, library, bytes.length, name)));
  } catch (error) {
    throw failed ? failed.error : damaged(name, error);
  }
}

/** The library's message is a stack with the innermost reason last. */
function damaged(name: string, error: unknown): Error {
  const lines = [...String((error as Error).message).matchAll(/in \w+\(\): (.*)/g)];
  return new Error(`${name} is damaged: ${lines.at(-1)?.[1] ?? (error as Error).message}`);
}

function contentOf(file: Group, library: Hdf5Library, size: number, name: string): Hdf5File {
  const datasets = new Map<string, Hdf5Dataset>();
  const groups = new Map<string, Group>([["", file]]);
  for (const path of file.paths()) {
    const entity: Entity | null = file.get(`/${path}`);
    const { Group: GroupClass, Dataset: DatasetClass } = library.library;
    if (entity instanceof DatasetClass) datasets.set(path, datasetOf(entity, library, size, `${name}: ${path}`));
    else if (entity instanceof GroupClass) groups.set(path, entity);
  }
  return {
    datasets,
    groups: [...groups.keys()],
    attributes(path) {
      const group = groups.get(path);
      return group ? attributesOf(group, library, size, `${name}: ${path || "/"}`) : new Map();
    },
  };
}

function datasetOf(dataset: Dataset, library: Hdf5Library, size: number, name: string): Hdf5Dataset {
  const { metadata } = dataset;
  const shape = metadata.shape ?? [0];
  const type = typeOf(metadata);
  const bytes = shape.reduce((product, length) => product * length, metadata.size);
  const guarded = <T>(read: () => T): T => {
    requirePlausible(size, bytes, name);
    try {
      return read();
    } catch (error) {
      throw damaged(name, error);
    }
  };
  return {
    shape,
    type,
    attributes: attributesOf(dataset, library, size, name),
    read() {
      if (!isNumberType(type)) throw new Error(`${name} holds ${type}; expected real numbers`);
      return guarded(() => decodeNumbers(rawBytes(dataset, shape, library), type, true, name));
    },
    texts() {
      if (type !== "text") throw new Error(`${name} holds ${type}; expected text`);
      return guarded(() => texts(dataset.value));
    },
  };
}

/**
 * The bytes of all numbers, read in slabs of whole rows. The library returns them in its own byte order, little-endian.
 */
function rawBytes(dataset: Dataset, shape: readonly number[], { module }: Hdf5Library): Uint8Array {
  const { file_id: file, path, metadata } = dataset;
  const total = shape.reduce((product, length) => product * length, metadata.size);
  const all = new Uint8Array(total);
  if (total === 0) return all;
  const rowBytes = shape.length === 0 ? total : total / shape[0];
  const rowsAtOnce = Math.max(1, Math.floor(SLAB_BYTES / rowBytes));
  const rows = shape[0] ?? 1;
  const pointer = module._malloc(Math.min(rows, rowsAtOnce) * rowBytes);
  if (pointer === 0) throw new Error(`${rowBytes} bytes at once do not fit in memory`);
  try {
    for (let row = 0; row < rows; row += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rows - row);
      const slab = shape.length === 0 ? null : [count, ...shape.slice(1)].map(BigInt);
      const offset = slab?.map((_, axis) => (axis === 0 ? BigInt(row) : 0n)) ?? null;
      module.get_dataset_data(file, path, slab, offset, slab?.map(() => 1n) ?? null, BigInt(pointer));
      // The memory may have moved when it grew.
      all.set(module.HEAPU8.subarray(pointer, pointer + count * rowBytes), row * rowBytes);
    }
  } finally {
    module._free(pointer);
  }
  return all;
}

/** Descriptions of the datatype classes that hold other things than plain numbers. */
const otherClasses: Record<number, string> = {
  2: "times",
  3: "text",
  4: "bit fields",
  5: "raw bytes",
  6: "compounds of several fields (such as complex numbers)",
  7: "references",
  9: "lists of different lengths",
  10: "arrays in each element",
};
const [INTEGER, FLOAT, ENUM] = [0, 1, 8];

function typeOf({ type, size, signed, enum_type: enumeration }: Metadata): Hdf5Dataset["type"] {
  // h5py stores booleans as an enumeration of bytes.
  const base = type === ENUM ? (enumeration?.type ?? INTEGER) : type;
  const letter = base === FLOAT ? "f" : base === INTEGER ? (signed ? "i" : "u") : undefined;
  if (letter === undefined) return otherClasses[base] ?? `the datatype class ${base}`;
  const known = `${letter}${size}`;
  return isNumberType(known) ? known : `numbers of ${size} bytes`;
}

function attributesOf(
  owner: Group | Dataset,
  library: Hdf5Library,
  size: number,
  name: string,
): Map<string, () => Hdf5Attribute> {
  const attributes = new Map<string, () => Hdf5Attribute>();
  for (const [key, attribute] of Object.entries(owner.attrs)) {
    attributes.set(key, () => attributeValue(attribute, library, size, `${name}: the attribute ${key}`));
  }
  return attributes;
}

function attributeValue(attribute: Attribute, { module }: Hdf5Library, size: number, name: string): Hdf5Attribute {
  const { metadata, file_id: file, path } = attribute;
  const type = typeOf(metadata);
  const length = metadata.size * metadata.total_size;
  if (length > size) throw new Error(`${name} is larger than its file`);
  if (type === "text") return metadata.shape?.length === 0 ? String(attribute.value) : texts(attribute.value);
  if (!isNumberType(type)) throw new Error(`${name} holds ${type}; expected text or real numbers`);
  const pointer = module._malloc(Math.max(length, 1));
  try {
    module.get_attribute_data(file, path, attribute.name, BigInt(pointer));
    const values = decodeNumbers(module.HEAPU8.slice(pointer, pointer + length), type, true, name);
    return metadata.shape?.length === 0 ? values[0] : values;
  } finally {
    module._free(pointer);
  }
}

const texts = (value: unknown): string[] => [value ?? []].flat().map(String);
