/** Lengths of the axes, outermost first. A scalar has the shape []. */
export type Shape = readonly number[];

/** The number of elements in a tensor of this shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** The shape to which both broadcast by NumPy's rules (axes aligned at the right, 1 stretches), or undefined. */
export function broadcastShapes(a: Shape, b: Shape): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const [left, right] = [padRank(a, rank), padRank(b, rank)];
  if (left.some((length, axis) => length !== right[axis] && length !== 1 && right[axis] !== 1)) return undefined;
  return left.map((length, axis) => (length === 1 ? right[axis] : length));
}

/** The shape with leading axes of length 1 up to `rank` axes. */
export function padRank(shape: Shape, rank: number): number[] {
  return [...new Array<number>(Math.max(0, rank - shape.length)).fill(1), ...shape];
}

/** The number of elements per step along each axis of a row-major tensor. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/** Strides that read a tensor as if it were broadcast to `to`: stretched axes do not move. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const padded = padRank(from, to.length);
  const strides = padRank(stridesOf(from), to.length);
  return padded.map((length, axis) => (length === 1 ? 0 : strides[axis]));
}

/**
 * Calls `visit(k, position)` for the k-th element of a row-major tensor whose elements lie at offset + Σ index·stride.
 */
export function forEachPosition(
  shape: Shape,
  strides: readonly number[],
  offset: number,
  visit: (k: number, position: number) => void,
): void {
  const total = sizeOf(shape);
  if (total === 0) return;
  if (shape.length === 0) {
    visit(0, offset);
    return;
  }
  const last = shape.length - 1;
  const index = new Int32Array(shape.length);
  const [width, step] = [shape[last], strides[last]];
  let start = offset;
  for (let k = 0; k < total; ) {
    for (let i = 0, position = start; i < width; i++, k++, position += step) visit(k, position);
    for (let axis = last - 1; axis >= 0; axis--) {
      start += strides[axis];
      if (++index[axis] < shape[axis]) break;
      start -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

/** The values of a row-major tensor as if it were broadcast to `to`. */
export function broadcastValues(values: Float64Array, from: Shape, to: Shape): Float64Array {
  if (values.length === sizeOf(to)) return values;
  const result = new Float64Array(sizeOf(to));
  forEachPosition(to, broadcastStrides(from, to), 0, (k, position) => {
    result[k] = values[position];
  });
  return result;
}
