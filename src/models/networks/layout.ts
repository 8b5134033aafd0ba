/** Where a tensor of weights lies in the flat parameter vector. */
export interface TensorLayout {
  /** As PyTorch would call it, e.g. layer_0.weight. */
  readonly name: string;
  readonly role: "weight" | "bias" | "norm";
  /** Row-major; a weight matrix is [out, in]. */
  readonly shape: readonly number[];
  /** Position of the first element. */
  readonly offset: number;
}

/** The tensors of a model in order, without gaps. */
export type Layout = readonly TensorLayout[];

/** Number of entries. */
export function tensorSize({ shape }: Pick<TensorLayout, "shape">): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** A layout from tensors in order: offsets follow from the shapes. */
export function layoutOf(tensors: readonly Omit<TensorLayout, "offset">[]): Layout {
  let offset = 0;
  return tensors.map((tensor) => {
    const own = { ...tensor, offset };
    offset += tensorSize(tensor);
    return own;
  });
}

/** Length of the flat parameter vector. */
export function layoutSize(layout: Layout): number {
  return layout.reduce((size, tensor) => size + tensorSize(tensor), 0);
}

/** The tensor's entries of a flat vector, as a view. */
export function tensorView<T extends Float64Array | Float32Array>(vector: T, tensor: TensorLayout): T {
  return vector.subarray(tensor.offset, tensor.offset + tensorSize(tensor)) as T;
}

/** @throws RangeError where the tensors, in order, do not tile a vector of `size` entries without gap or overlap. */
export function checkLayout(layout: Layout, size: number): void {
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

/**
 * @throws Error where two models differ in the number or the shapes of their tensors; `what` names the one that is at
 * fault.
 */
export function requireSameShapes(layout: Layout, expected: Layout, what: string): void {
  const [found, wanted] = [layout.length, expected.length];
  if (found !== wanted) throw new Error(`${what} has ${found} tensors; expected ${wanted}, as in the model`);
  for (const [k, { name, shape }] of layout.entries()) {
    if (shape.join() === expected[k].shape.join()) continue;
    throw new Error(
      `${what} has ${name} of shape [${shape.join(", ")}]; expected [${expected[k].shape.join(", ")}], as in the model`,
    );
  }
}
