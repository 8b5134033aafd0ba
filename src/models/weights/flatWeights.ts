import type { NamedArray } from "../../files/namedArrays.js";
import { type Layout, layoutSize } from "../networks/layout.js";

/** Tensors that a message lists at most. */
const SHOWN = 40;

/**
 * The parameters of T checkpoints, [T × size], from an array of shape [size] (one checkpoint) or [T, size]; `name`
 * begins the message. Throws Error for another shape, with the tensors that the layout is made of.
 */
export function flatWeights({ shape, values }: NamedArray, layout: Layout, name: string): Float64Array {
  const size = layoutSize(layout);
  const isVector = shape.length === 1 && shape[0] === size;
  const isTrajectory = shape.length === 2 && shape[0] > 0 && shape[1] === size;
  if (!isVector && !isTrajectory) {
    const tensors = layout.slice(0, SHOWN).map((own) => `  ${own.name} [${own.shape.join(", ")}]`);
    throw new Error(
      [
        `${name} has shape [${shape.join(", ")}]; expected [${size}], the parameters of the network in the order of its ` +
          `layers, or [T, ${size}], a row for each of T checkpoints. The network has${hasNorms(layout) ? normHint : ""}:`,
        ...tensors,
        ...(layout.length > SHOWN ? [`  and ${layout.length - SHOWN} more`] : []),
      ].join("\n"),
    );
  }
  return Float64Array.from(values);
}

const hasNorms = (layout: Layout) => layout.some(({ name }) => name.endsWith(".mean"));
const normHint =
  " (the statistics of batch norms come after all parameters; convolutions have biases before a norm only with bias: true)";
