/** The bytes of a .npy file of f64 (or another type whose numbers are already bytes), header version 1. */
export function npyFile(
  shape: readonly number[],
  numbers: ArrayBufferView,
  { descr = "<f8", fortranOrder = false } = {},
): Uint8Array {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const fields = `{'descr': '${descr}', 'fortran_order': ${fortranOrder ? "True" : "False"}, 'shape': (${axes}), }`;
  const header = fields.padEnd(64 * Math.ceil((fields.length + 11) / 64) - 11);
  const start = Buffer.from(`\x93NUMPY\x01\x00..${header}\n`, "latin1");
  start.writeUInt16LE(header.length + 1, 8);
  return Buffer.concat([start, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)]);
}
