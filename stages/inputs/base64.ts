/** The bytes of numbers as text, little-endian, as machines that run this are. */
export function base64(values: Int32Array | Float32Array | Float64Array | Uint8Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}
