/** The columns of a matrix, one after the other, from its rows: [rows × width] → [width × rows]. */
export function transpose<T extends Float64Array | Float32Array>(matrix: T, width: number): T {
  const rows = matrix.length / width;
  const turned = matrix.slice() as T;
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < width; k++) turned[k * rows + row] = matrix[row * width + k];
  }
  return turned;
}
