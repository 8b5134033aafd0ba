/**
 * Files of torch.save: state dicts, checkpoints of trainers and whole modules, in the zip format and in the format
 * before PyTorch 1.6. Their pickles are read as data (pickle.ts).
 */
import { byteWidth, decodeNumbers, type NumberArray, type NumberType } from "./numberArrays.js";
import { type AllowedGlobals, PickledGlobal, PickledObject, readPickle } from "./pickle.js";
import { readZip } from "./zip.js";

/** A tensor of a checkpoint. Its numbers are read on demand. */
export class TorchTensor {
  constructor(
    readonly shape: readonly number[],
    readonly read: () => NumberArray,
  ) {}
}

/** The number types of PyTorch's storages and of its dtypes. Brain floats are read as the upper halves of f32. */
const types: Readonly<Record<string, NumberType>> = {
  Double: "f8",
  Float: "f4",
  Half: "f2",
  BFloat16: "u2",
  Long: "i8",
  Int: "i4",
  Short: "i2",
  Char: "i1",
  Byte: "u1",
  Bool: "b1",
};
const dtypes: Readonly<Record<string, string>> = {
  float64: "Double",
  double: "Double",
  float32: "Float",
  float: "Float",
  float16: "Half",
  half: "Half",
  bfloat16: "BFloat16",
  int64: "Long",
  long: "Long",
  int32: "Int",
  int: "Int",
  int16: "Short",
  short: "Short",
  int8: "Char",
  uint8: "Byte",
  bool: "Bool",
};

/** The numbers that tensors view. */
interface Storage {
  readonly type: string;
  /** The number of elements that the pickle states. */
  readonly size: number;
  readonly bytes: () => Uint8Array;
  /** The start of a view of another storage, in elements. */
  readonly start: number;
}

const LEGACY_MAGIC = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/**
 * The content of a file of torch.save, with TorchTensors in Maps, lists and PickledObjects. `name` begins each message.
 * Throws Error for damaged files, TorchScript archives, and pickles that refer to globals that no checkpoint needs.
 */
export function readTorchFile(bytes: Uint8Array, name: string): unknown {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return readArchive(bytes, name);
  const magic = bytes[0] === 0x80 ? bytes.subarray(2, 2 + LEGACY_MAGIC.length) : [];
  if (LEGACY_MAGIC.every((byte, i) => byte === magic[i])) return readLegacy(bytes, name);
  if (bytes[0] !== 0x80) {
    throw new Error(`${name} is not a file of torch.save: it is neither a zip archive nor a pickle`);
  }
  // A plain pickle has no storages of PyTorch, but it may hold NumPy arrays.
  return readPickle(bytes, name, { allowed: allowedGlobals(name), objects: true }).value;
}

function readArchive(bytes: Uint8Array, name: string): unknown {
  const files = readZip(bytes, name);
  const names = [...files.keys()];
  const root = names.find((file) => /^[^/]*\/data\.pkl$/.test(file))?.slice(0, -"data.pkl".length);
  if (root === undefined) throw new Error(`${name} is a zip archive without data.pkl; expected a file of torch.save`);
  if (names.some((file) => file.startsWith(`${root}code/`) || file === `${root}constants.pkl`)) {
    throw new Error(
      `${name} is a TorchScript archive, which holds a program; save the weights: ` +
        `torch.save(torch.jit.load("${name}").state_dict(), "weights.pt")`,
    );
  }
  const order = files.get(`${root}byteorder`);
  const little = order === undefined || Buffer.from(order()).toString("latin1").trim() === "little";
  const content = new Map<string, Uint8Array>();
  const persistent = (id: unknown) =>
    storageOf(id, name, (key) => {
      const known = content.get(key);
      if (known) return known;
      const unpack = files.get(`${root}data/${key}`);
      if (unpack === undefined) throw new Error(`${name} lacks the storage ${key}`);
      const own = unpack();
      content.set(key, own);
      return own;
    });
  const pickle = files.get(`${root}data.pkl`)!();
  return readPickle(pickle, name, { allowed: allowedGlobals(name, little), persistent, objects: true }).value;
}

/** Magic number, version and machine info, then the object, the keys of its storages, and the storages. */
function readLegacy(bytes: Uint8Array, name: string): unknown {
  const plain = { allowed: new Map() };
  let at = readPickle(bytes, name, plain).end;
  at = readPickle(bytes, name, plain, at).end;
  const facts = readPickle(bytes, name, plain, at);
  const little = !(facts.value instanceof Map) || facts.value.get("little_endian") !== false;
  const found = new Map<string, { type: string; bytes?: Uint8Array }>();
  const persistent = (id: unknown) => {
    const storage = storageOf(id, name, (key) => {
      const { bytes: own } = found.get(key) ?? {};
      if (own === undefined) throw new Error(`${name} lacks the storage ${key}`);
      return own;
    });
    found.set(storage.key, { type: storage.type });
    return storage;
  };
  const object = readPickle(
    bytes,
    name,
    { allowed: allowedGlobals(name, little), persistent, objects: true },
    facts.end,
  );
  const keys = readPickle(bytes, name, plain, object.end);
  if (!Array.isArray(keys.value)) throw new Error(`${name} is damaged: it does not list its storages`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  at = keys.end;
  for (const key of keys.value) {
    const storage = found.get(String(key));
    if (storage === undefined) throw new Error(`${name} is damaged: nothing uses its storage ${key}`);
    const count = at + 8 <= bytes.length ? Number(view.getBigUint64(at, little)) : Number.NaN;
    const end = at + 8 + count * byteWidth(types[storage.type]);
    if (!(end <= bytes.length)) throw new Error(`${name} is cut short: its storage ${key} is not complete`);
    storage.bytes = bytes.subarray(at + 8, end);
    at = end;
  }
  return object.value;
}

/** ("storage", type, key, device, elements), and before 1.6 also (key of the view, offset, elements) or nothing. */
function storageOf(id: unknown, name: string, bytesOf: (key: string) => Uint8Array): Storage & { key: string } {
  const [tag, type, key, , size, view] = Array.isArray(id) ? id : [];
  const global = type instanceof PickledGlobal ? type.name : "";
  const own = /^torch\.(?:cuda\.)?(\w+)Storage$/.exec(global)?.[1] ?? (/UntypedStorage$/.test(global) ? "Byte" : "");
  if (tag !== "storage" || !Object.hasOwn(types, own) || typeof size !== "number") {
    throw new Error(`${name} has a storage that cannot be read: ${global || "it has no type"}`);
  }
  const start = Array.isArray(view) && typeof view[1] === "number" ? view[1] : 0;
  return { type: own, size, start, key: String(key), bytes: () => bytesOf(String(key)) };
}

/**
 * The globals that checkpoints call: tensors, parameters, ordered mappings, NumPy's numbers, and a few plain classes.
 */
function allowedGlobals(name: string, little = true): AllowedGlobals {
  const tensor = (args: readonly unknown[]) => {
    const [storage, offset, size, stride] = args as [Storage, number, number[], number[]];
    return tensorOf(storage, offset, size, stride, little, name);
  };
  const entries: [string, (args: readonly unknown[]) => unknown][] = [
    ["collections.OrderedDict", (args) => mapOf(args[0])],
    ["collections.defaultdict", (args) => mapOf(args[1])],
    ["builtins.dict", (args) => mapOf(args[0])],
    ["builtins.set", (args) => new Set(listOf(args[0]))],
    ["builtins.frozenset", (args) => new Set(listOf(args[0]))],
    ["builtins.list", (args) => [...listOf(args[0])]],
    ["builtins.tuple", (args) => [...listOf(args[0])]],
    ["argparse.Namespace", () => new PickledObject("argparse.Namespace")],
    ["types.SimpleNamespace", () => new PickledObject("types.SimpleNamespace")],
    ["torch._utils._rebuild_tensor", tensor],
    ["torch._utils._rebuild_tensor_v2", tensor],
    ["torch._utils._rebuild_tensor_v3", tensor],
    ["torch._utils._rebuild_parameter", (args) => args[0]],
    ["torch._utils._rebuild_parameter_with_state", (args) => args[0]],
    ["torch._tensor._rebuild_from_type_v2", (args) => rebuilt(args, tensor)],
    ["torch.nn.parameter.Parameter", (args) => args[0]],
    ["torch.nn.parameter.Buffer", (args) => args[0]],
    ["torch.Size", (args) => args[0]],
    ["torch.device", (args) => args.join(":")],
    ["torch.serialization._get_layout", (args) => args[0]],
    ["pathlib.PosixPath", (args) => args.join("/")],
    ["pathlib.WindowsPath", (args) => args.join("\\")],
    ["_codecs.encode", (args) => Buffer.from(String(args[0]), "latin1")],
    ["numpy.dtype", (args) => String(args[0])],
    ["numpy.core.multiarray.scalar", (args) => numpyScalar(args)],
    ["numpy._core.multiarray.scalar", (args) => numpyScalar(args)],
    ...Object.keys(dtypes).map((dtype) => [`torch.${dtype}`, () => dtype] as [string, () => unknown]),
    ...["torch.storage", "torch"].flatMap((module) =>
      ["UntypedStorage", "TypedStorage", "_UntypedStorage"].map(
        (own) => [`${module}.${own}`, () => undefined] as [string, () => unknown],
      ),
    ),
  ];
  return new Map(entries);
}

const listOf = (items: unknown) => (Array.isArray(items) || items instanceof Set ? [...items] : []);

const mapOf = (items: unknown) => {
  if (items instanceof Map) return new Map(items);
  return new Map(Array.isArray(items) ? (items.filter(Array.isArray) as [unknown, unknown][]) : []);
};

/** Subclasses of tensors are rebuilt as plain tensors. */
function rebuilt(args: readonly unknown[], tensor: (args: readonly unknown[]) => TorchTensor): unknown {
  const [make, , inner] = args;
  const isTensor = make instanceof PickledGlobal && /_rebuild_tensor(_v2|_v3)?$/.test(make.name);
  return isTensor && Array.isArray(inner) ? tensor(inner) : undefined;
}

function numpyScalar([dtype, bytes]: readonly unknown[]): number | undefined {
  const type = /^[<>|]?([fiub]\d)$/.exec(String(dtype))?.[1] as NumberType | undefined;
  if (type === undefined || !(bytes instanceof Uint8Array) || bytes.length !== byteWidth(type)) return undefined;
  return decodeNumbers(bytes, type, true, "a number")[0];
}

function tensorOf(
  storage: Storage,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  little: boolean,
  name: string,
): TorchTensor {
  const isSize = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const isSound =
    typeof storage?.bytes === "function" &&
    isSize(offset) &&
    Array.isArray(shape) &&
    Array.isArray(strides) &&
    shape.length === strides.length &&
    [...shape, ...strides].every(isSize);
  if (!isSound) throw new Error(`${name} has a damaged tensor: its shape, strides or place are not whole numbers`);
  const first = storage.start + offset;
  const count = shape.reduce((product, length) => product * length, 1);
  const last = shape.reduce((at, length, i) => at + (length - 1) * strides[i], first);
  if (count > 0 && last >= storage.start + storage.size) {
    throw new Error(`${name} has a damaged tensor [${shape.join(", ")}]: it reaches past its storage`);
  }
  return new TorchTensor(shape, () => {
    const type = types[storage.type];
    const width = byteWidth(type);
    const bytes = storage.bytes();
    if (count > 0 && (last + 1) * width > bytes.length)
      throw new Error(`${name} is cut short: a storage is incomplete`);
    // A tensor that repeats one number may be as large as it claims, up to the limit for its file.
    if (count > 64 * (bytes.length / width + 1024))
      throw new Error(`${name} has a tensor [${shape}] of repeated numbers`);
    const span = count === 0 ? bytes.subarray(0, 0) : bytes.subarray(first * width, (last + 1) * width);
    const numbers = decodeNumbers(span, type, little, name);
    const values = isRowMajor(shape, strides) ? numbers : gathered(numbers, shape, strides, count);
    return storage.type === "BFloat16" ? brainFloats(values) : values;
  });
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis];
  }
  return true;
}

function gathered(
  numbers: NumberArray,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): NumberArray {
  const values = new (numbers.constructor as new (length: number) => NumberArray)(count);
  const index = new Array<number>(shape.length).fill(0);
  for (let k = 0, at = 0; k < count; k++) {
    values[k] = numbers[at];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return values;
}

/** A brain float is the upper half of an f32. */
function brainFloats(upper: NumberArray): Float32Array {
  return new Float32Array(Uint32Array.from(upper, (bits) => bits * 0x10000).buffer);
}
