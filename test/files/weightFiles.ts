/** Writes files as Python libraries do, for tests of what reads them. */
import { zipSync } from "fflate";

export interface WrittenArray {
  shape: number[];
  values: Float64Array | Float32Array;
}

/** A .npy file, in C order unless told. */
export function npyBytes({ shape, values }: WrittenArray, fortranOrder = false): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const order = fortranOrder ? "True" : "False";
  const head = `{'descr': '<f${values.BYTES_PER_ELEMENT}', 'fortran_order': ${order}, 'shape': (${sizes}), }`;
  const header = head.padEnd(64 * Math.ceil((head.length + 11) / 64) - 11) + "\n";
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), length, Buffer.from(header), bytesOf(values)]);
}

/** A .npz file. */
export function npzBytes(arrays: Record<string, WrittenArray>): Uint8Array {
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, npyBytes(array)] as const);
  return zipSync(Object.fromEntries(files), { level: 0, mtime: "2000-01-01T00:00" });
}

/** A .safetensors file. */
export function safetensorsBytes(arrays: Record<string, WrittenArray>): Uint8Array {
  let at = 0;
  const entries = Object.entries(arrays).map(([name, { shape, values }]) => {
    const dtype = `F${8 * values.BYTES_PER_ELEMENT}`;
    return [name, { dtype, shape, data_offsets: [at, (at += values.byteLength)] }] as const;
  });
  const data = Object.values(arrays).map(({ values }) => bytesOf(values));
  return withHeader({ __metadata__: { format: "pt" }, ...Object.fromEntries(entries) }, Buffer.concat(data));
}

/** A .safetensors file with this header and these bytes after it. */
export function withHeader(header: unknown, data: Uint8Array): Uint8Array {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

const bytesOf = (values: ArrayBufferView) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
