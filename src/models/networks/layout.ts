/** The position of a tensor of weights in the flat parameter vector. */
export interface TensorLayout {
  /** The name in PyTorch's style, such as layer_0.weight. */
  readonly name: string;
  readonly role: "weight" | "bias" | "norm";
  /** Row-major; a weight matrix is [out, in]. */
  readonly shape: readonly number[];
  /** The position of the first element. */
  readonly offset: number;
}

/** The tensors of a model in order, without gaps. */
export type Layout = readonly TensorLayout[];

/** The number of entries. */
export function tensorSize({ shape }: Pick<TensorLayout, "shape">): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** A layout from tensors in order. The offsets follow from the shapes. */
export function layoutOf(tensors: readonly Omit<TensorLayout, "offset">[]): Layout {
  let offset = 0;
  return tensors.map((tensor) => {
    const own = { ...tensor, offset };
    offset += tensorSize(tensor);
    return own;
  });
}

/** The length of the flat parameter vector. */
export function layoutSize(layout: Layout): number {
  return layout.reduce((size, tensor) => size + tensorSize(tensor), 0);
}

/** The entries of the tensor in a flat vector, as a view. */
export function tensorView<T extends Float64Array | Float32Array>(vector: T, tensor: TensorLayout): T {
  return vector.subarray(tensor.offset, tensor.offset + tensorSize(tensor)) as T;
}

/** @throws RangeError when the tensors, in order, do not tile a vector of `size` entries without gaps or overlaps. */
export function checkLayout(layout: Layout, size: number): void {
  let end = 0;
  for (const tensor of layout) {
    if (tensor.offset !== end) {
      throw new RangeError(
        `tensor "${tensor.name}" starts at ${tensor.offset}; expected ${end}, the end of the tensor before it`,
      );
    }
    end += tensorSize(tensor);
  }
  if (end !== size) throw new RangeError(`the layout has ${end} entries, but the vector has ${size}`);
}

/** @throws Error when two models differ in the number or the shapes of their tensors. `what` names the wrong one. */
export function requireSameShapes(layout: Layout, expected: Layout, what: string): void {
  const [found, wanted] = [layout.length, expected.length];
  if (found !== wanted) throw new Error(`${what} has ${found} tensors; expected ${wanted}, like the model`);
  for (const [k, { name, shape }] of layout.entries()) {
    if (shape.join() === expected[k].shape.join()) continue;
    throw new Error(
      `${what} has ${name} of shape [${shape.join(", ")}]; expected [${expected[k].shape.join(", ")}], like the model`,
    );
  }
}
