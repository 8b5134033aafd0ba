const bytesOf = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** Numbers from base64, little-endian. */
export const decode = {
  u8: bytesOf,
  i32: (text: string) => new Int32Array(bytesOf(text).buffer),
  f32: (text: string) => new Float32Array(bytesOf(text).buffer),
  f64: (text: string) => new Float64Array(bytesOf(text).buffer),
};
