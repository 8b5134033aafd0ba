/** Vectors of one length, one after the other. */
export function joinedRows(vectors: readonly Float64Array[]): Float64Array;
export function joinedRows(vectors: readonly Float64Array[], dtype: "f32" | "f64"): Float32Array | Float64Array;
export function joinedRows(
  vectors: readonly Float64Array[],
  dtype: "f32" | "f64" = "f64",
): Float32Array | Float64Array {
  const width = vectors[0]?.length ?? 0;
  const all = new (dtype === "f32" ? Float32Array : Float64Array)(vectors.length * width);
  for (const [k, vector] of vectors.entries()) all.set(vector, k * width);
  return all;
}
