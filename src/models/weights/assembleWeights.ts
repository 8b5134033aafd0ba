import type { NamedArrays } from "../../files/namedArrays.js";
import { nearestName } from "../../text/nearestName.js";
import { type Layout, layoutSize } from "../networks/layout.js";

/** How the tensors of a layout are called in a file. */
export interface TensorNames {
  /** Put before each name of the layout; tensors whose names begin otherwise are left alone. */
  readonly prefix?: string;
  /** Name in the layout → name in the file, where these differ. */
  readonly names?: Readonly<Record<string, string>>;
}

/** Faults that a message lists at most. */
const SHOWN_FAULTS = 8;

/**
 * The flat parameter vector of a layout from tensors by name; `file` begins the message. Shapes must be equal: a weight
 * matrix is [out, in]. Throws Error with every tensor that is missing, of another shape, or unknown to the layout; the last
 * only where some names are those of the layout, for whoever names all tensors chooses among those of the file.
 */
export function assembleWeights(
  layout: Layout,
  tensors: NamedArrays,
  { prefix = "", names = {} }: TensorNames,
  file: string,
): Float64Array {
  const wanted = layout.map((tensor) => ({
    ...tensor,
    key: Object.hasOwn(names, tensor.name) ? names[tensor.name] : prefix + tensor.name,
  }));
  const keys = new Set(wanted.map(({ key }) => key));
  const choosesAll = layout.every(({ name }) => Object.hasOwn(names, name));
  const others = [...tensors.keys()].filter((key) => key.startsWith(prefix) && !keys.has(key));
  const faults: string[] = [];
  const weights = new Float64Array(layoutSize(layout));
  for (const { key, shape, offset } of wanted) {
    const found = tensors.get(key)?.();
    if (found === undefined) {
      const nearest = nearestName(key, others);
      faults.push(`lacks "${key}" ${shown(shape)}${nearest === undefined ? "" : `; did you mean "${nearest}"?`}`);
    } else if (shown(found.shape) !== shown(shape)) {
      const turned = shape.length === 2 && shown(found.shape.toReversed()) === shown(shape);
      const hint = turned ? ", its transpose: save it as [out, in]" : "";
      faults.push(`"${key}" is ${shown(found.shape)}; expected ${shown(shape)}${hint}`);
    } else {
      weights.set(found.values, offset);
    }
  }
  if (!choosesAll) {
    for (const key of others) faults.push(`"${key}" belongs to no tensor of the network`);
  }
  if (faults.length > 0) {
    const more = faults.length > SHOWN_FAULTS ? [`and ${faults.length - SHOWN_FAULTS} more`] : [];
    throw new Error([`${file} does not fit the architecture:`, ...faults.slice(0, SHOWN_FAULTS), ...more].join("\n  "));
  }
  return weights;
}

const shown = (shape: readonly number[]) => `[${shape.join(", ")}]`;
