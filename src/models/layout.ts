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

/** A layout from tensors in order: offsets follow from the shapes. */
export function layoutOf(tensors: readonly Omit<TensorLayout, "offset">[]): Layout {
  let offset = 0;
  return tensors.map((tensor) => {
    const own = { ...tensor, offset };
    offset += elements(tensor.shape);
    return own;
  });
}

/** Length of the flat parameter vector. */
export function layoutSize(layout: Layout): number {
  return layout.reduce((size, { shape }) => size + elements(shape), 0);
}

const elements = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);
