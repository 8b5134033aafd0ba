import { zipSync } from "fflate";

/** Opcodes of pickle protocol 2, as far as a state dict needs them. */
export const op = {
  proto: Uint8Array.of(0x80, 2),
  mark: Uint8Array.of(0x28),
  stop: Uint8Array.of(0x2e),
  tuple: Uint8Array.of(0x74),
  emptyTuple: Uint8Array.of(0x29),
  emptyDict: Uint8Array.of(0x7d),
  reduce: Uint8Array.of(0x52),
  setItems: Uint8Array.of(0x75),
  persistent: Uint8Array.of(0x51),
  newFalse: Uint8Array.of(0x89),
  build: Uint8Array.of(0x62),
  create: Uint8Array.of(0x81),
};

export const bytes = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);
export const global = (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`);
export const number = (value: number) => {
  const own = Buffer.alloc(5);
  own[0] = 0x4a;
  own.writeInt32LE(value, 1);
  return own;
};
export const text = (value: string) => {
  const own = Buffer.from(value);
  const length = Buffer.alloc(5);
  length[0] = 0x58;
  length.writeUInt32LE(own.length, 1);
  return bytes(length, own);
};
export const tuple = (...items: readonly Uint8Array[]) => bytes(op.mark, ...items, op.tuple);
export const call = (module: string, name: string, ...args: readonly Uint8Array[]) =>
  bytes(global(module, name), tuple(...args), op.reduce);
export const dict = (entries: Readonly<Record<string, Uint8Array>>) =>
  bytes(op.emptyDict, op.mark, ...Object.entries(entries).flatMap(([key, value]) => [text(key), value]), op.setItems);

export interface Written {
  shape: readonly number[];
  values: Float32Array;
  strides?: readonly number[];
  offset?: number;
}

function tensor(key: number, { shape, values, strides, offset = 0 }: Written): Uint8Array {
  const steps = strides ?? shape.map((_, i) => shape.slice(i + 1).reduce((product, n) => product * n, 1));
  const id = tuple(
    text("storage"),
    global("torch", "FloatStorage"),
    text(String(key)),
    text("cpu"),
    number(values.length),
  );
  const lists = [shape, steps].map((list) => tuple(...list.map(number)));
  const hooks = bytes(global("collections", "OrderedDict"), op.emptyTuple, op.reduce);
  const storage = bytes(id, op.persistent);
  return call("torch._utils", "_rebuild_tensor_v2", storage, number(offset), ...lists, op.newFalse, hooks);
}

/** The pickle of a state dict. */
export const statePickle = (tensors: Readonly<Record<string, Written>>) =>
  dict(Object.fromEntries(Object.entries(tensors).map(([name, own], key) => [name, tensor(key, own)])));

/** A file as torch.save writes it since PyTorch 1.6, with this object. */
export function torchZip(
  object: Uint8Array,
  storages: readonly Float32Array[] = [],
  extra: Record<string, Uint8Array> = {},
) {
  const entries = Object.fromEntries(storages.map((own, key) => [`archive/data/${key}`, new Uint8Array(own.buffer)]));
  const files = {
    "archive/data.pkl": bytes(op.proto, object, op.stop),
    "archive/version": Buffer.from("3\n"),
    "archive/byteorder": Buffer.from("little"),
    "archive/.data/serialization_id": Buffer.from("123"),
    ...entries,
    ...extra,
  };
  return zipSync(files, { level: 0 });
}

/** The same of state dicts. */
export const torchFile = (tensors: Readonly<Record<string, Written>>) =>
  torchZip(
    statePickle(tensors),
    Object.values(tensors).map(({ values }) => values),
  );
