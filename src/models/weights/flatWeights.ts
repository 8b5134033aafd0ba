import type { NamedArray } from "../../files/namedArrays.js";
import { type Layout, layoutSize } from "../networks/layout.js";

/** The most tensors in a message. */
const SHOWN = 40;

/**
 * The parameters of T checkpoints, [T × size], from an array of shape [size] (one checkpoint) or [T, size]. `name`
 * begins the message. Throws an Error for another shape, which lists the tensors of the layout.
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
          `layers, or [T, ${size}], one row per checkpoint. The network has${hasNorms(layout) ? normHint : ""}:`,
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
