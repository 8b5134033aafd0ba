import * as f from "../../graph/functions.js";
import { randomStream } from "../../linalg/random.js";
import { layoutOf } from "./layout.js";
import type { Model } from "./model.js";
import { parameterRows } from "./parameterRows.js";

/** No network: the weights are named numbers, the variables of a function. */
export interface ParametersArchitecture {
  readonly kind: "parameters";
  readonly names: readonly string[];
  /** Where each begins: a number, or the ends of an interval that it is drawn from uniformly; by default [-1, 1]. */
  readonly start?: Readonly<Record<string, number | readonly [number, number]>>;
}

/** A model with a tensor [1] for each name. It has no inputs; its outputs are the numbers themselves. */
export function parameters({ names, start = {} }: ParametersArchitecture): Model {
  if (names.length === 0) throw new RangeError("parameters: there is no name; expected at least one");
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`parameters: two of them are called "${twice}"`);
  const stray = Object.keys(start).find((name) => !names.includes(name));
  if (stray !== undefined) {
    throw new RangeError(`parameters: start has "${stray}", which is none of ${names.join(", ")}`);
  }
  const layout = layoutOf(names.map((name) => ({ name, role: "weight", shape: [1] })));
  return {
    layout,
    size: names.length,
    inputs: 0,
    outputs: names.length,
    inputShape: [0],
    outputShape: [names.length],
    initialize: (seed) =>
      Float64Array.from(names, (name) => {
        const at = start[name] ?? [-1, 1];
        if (typeof at === "number") return at;
        return at[0] + (at[1] - at[0]) * randomStream(seed, "initialization", name).uniform();
      }),
    apply(theta) {
      parameterRows(theta, layout);
      return f.reshape(theta, [theta.shape[0], names.length, 1]);
    },
  };
}
