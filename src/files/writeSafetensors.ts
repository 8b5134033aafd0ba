/** A tensor in row-major order. */
export interface WrittenTensor {
  shape: readonly number[];
  values: Float64Array | Float32Array;
}

/**
 * The bytes of a .safetensors file: a JSON header with the positions of the tensors, then their bytes, in this order.
 */
export function writeSafetensors(tensors: ReadonlyMap<string, WrittenTensor>): Uint8Array {
  let at = 0;
  const entries = [...tensors].map(([name, { shape, values }]) => {
    const offsets = [at, at + values.byteLength];
    at += values.byteLength;
    return [name, { dtype: values instanceof Float64Array ? "F64" : "F32", shape, data_offsets: offsets }] as const;
  });
  const text = JSON.stringify(Object.fromEntries(entries));
  // The tensors begin at a multiple of 8 bytes.
  const header = Buffer.from(text.padEnd(8 * Math.ceil(Buffer.byteLength(text) / 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const numbers = [...tensors.values()].map(({ values }) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
  return Buffer.concat([length, header, ...numbers]);
}
