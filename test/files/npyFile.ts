/** The bytes of a .npy file with these numbers, the last index fastest. */
export function npyFile(shape: number[], values: Float64Array): Uint8Array {
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`.padEnd(117);
  const head = Buffer.from(`\x93NUMPY\x01\x00v\x00${header}\n`, "latin1");
  return Uint8Array.from(Buffer.concat([head, Buffer.from(values.buffer)]));
}
