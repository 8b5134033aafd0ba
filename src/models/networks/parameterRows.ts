import * as f from "../../graph/functions.js";
import { sameShape } from "../../graph/shape.js";
import { type Layout, layoutSize, tensorSize } from "./layout.js";

/** Splits rows [P, n] of a flat vector into the layout's tensors [P, ...shape]. `what` names the rows in the error. */
export function parameterRows(rows: f.Tensor, layout: Layout, what = "parameters"): f.Tensor[] {
  const [points, found] = rows.shape;
  const size = layoutSize(layout);
  if (rows.shape.length !== 2 || found !== size) {
    throw new RangeError(`expected ${what} of shape [P, ${size}], found [${rows.shape}]`);
  }
  // Rows that were joined from tensors are used directly, without joining and splitting.
  const parts = rows.operator.name === "concat" && rows.inputs.length === layout.length ? rows.inputs : undefined;
  if (parts?.every((part, i) => sameShape(part.shape, [points, tensorSize(layout[i])]))) {
    return layout.map(({ shape }, i) => f.reshape(parts[i], [points, ...shape]));
  }
  return layout.map((tensor) => {
    const { shape, offset } = tensor;
    return f.reshape(f.slice(rows, 1, offset, offset + tensorSize(tensor)), [points, ...shape]);
  });
}
