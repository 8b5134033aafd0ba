/** One tensor of a model inside the flat vector of its weights. */
export interface TensorLayout {
  name: string;
  role: "weight" | "bias" | "norm";
  /** Row major; the first axis counts outputs (rows of a dense matrix, output channels of a kernel). */
  shape: number[];
  /** Index of the first entry. */
  offset: number;
}

export function tensorSize({ shape }: TensorLayout): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** The tensor's entries of a flat vector, as a view. */
export function tensorView(vector: Float64Array, tensor: TensorLayout): Float64Array {
  return vector.subarray(tensor.offset, tensor.offset + tensorSize(tensor));
}

/** @throws RangeError where the tensors, in order, do not tile a vector of `size` entries without gap or overlap. */
export function checkLayout(layout: TensorLayout[], size: number): void {
  let end = 0;
  for (const tensor of layout) {
    if (tensor.offset !== end) {
      throw new RangeError(
        `tensor "${tensor.name}" starts at ${tensor.offset}; expected ${end}, where the one before it ends`,
      );
    }
    end += tensorSize(tensor);
  }
  if (end !== size) throw new RangeError(`the layout holds ${end} entries, the vector ${size}`);
}
