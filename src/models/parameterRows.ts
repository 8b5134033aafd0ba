import * as f from "../graph/functions.js";
import { type Layout, layoutSize, tensorSize } from "./layout.js";

/** Cuts rows [P, n] of a flat vector into the layout's tensors [P, ...shape]. `what` names the rows in the error. */
export function parameterRows(rows: f.Tensor, layout: Layout, what = "parameters"): f.Tensor[] {
  const [points, found] = rows.shape;
  const size = layoutSize(layout);
  if (rows.shape.length !== 2 || found !== size) {
    throw new RangeError(`expected ${what} of shape [P, ${size}], found [${rows.shape}]`);
  }
  return layout.map((tensor) => {
    const { shape, offset } = tensor;
    return f.reshape(f.slice(rows, 1, offset, offset + tensorSize(tensor)), [points, ...shape]);
  });
}
