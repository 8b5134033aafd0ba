import * as f from "../../graph/functions.js";
import { randomStream } from "../../linalg/random.js";
import { type Layout, layoutOf, layoutSize, type TensorLayout } from "./layout.js";
import type { Model } from "./model.js";
import { parameterRows } from "./parameterRows.js";

/** Named numbers instead of a network: the variables of a function, or the vector of an external problem. */
export type ParametersArchitecture = NamedParameters | ParameterVector;

/** The vector of an external problem. Its process states the tensors. */
export interface ParameterVector {
  readonly kind: "parameters";
  /** The expected number of parameters, which the process must confirm. */
  readonly count?: number;
  /** A file with the initial weights. Default: those of the process. */
  readonly start?: string;
  /** The tensors that the process states. A model that a stage has made always has them. */
  readonly tensors?: readonly Omit<TensorLayout, "offset">[];
}

interface NamedParameters {
  readonly kind: "parameters";
  readonly names: readonly string[];
  /** The initial value of each: a number, or the ends of an interval for a uniform draw; [-1, 1] by default. */
  readonly start?: Readonly<Record<string, number | readonly [number, number]>>;
}

/**
 * A model with a tensor [1] for each name, or with the tensors of an external problem. It has no inputs, and its
 * outputs are the numbers themselves. Throws RangeError for no names, equal names, and a start for an unknown name.
 */
export function parameters(architecture: ParametersArchitecture): Model {
  return "names" in architecture ? namedModel(architecture) : vectorModel(architecture);
}

function vectorModel({
  count = 1,
  tensors = [{ name: "theta", role: "weight", shape: [count] }],
}: ParameterVector): Model {
  return {
    ...numbersModel(layoutOf(tensors)),
    initialize() {
      throw new Error("an external problem draws no initial weights; its process or architecture.start gives them");
    },
  };
}

function namedModel({ names, start = {} }: NamedParameters): Model {
  if (names.length === 0) throw new RangeError("parameters: there are no names; expected at least one");
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`parameters: two of them are called "${twice}"`);
  const stray = Object.keys(start).find((name) => !names.includes(name));
  if (stray !== undefined) {
    throw new RangeError(`parameters: start has "${stray}", which is none of ${names.join(", ")}`);
  }
  return {
    ...numbersModel(layoutOf(names.map((name) => ({ name, role: "weight", shape: [1] })))),
    initialize: (seed) =>
      Float64Array.from(names, (name) => {
        const at = start[name] ?? [-1, 1];
        if (typeof at === "number") return at;
        return at[0] + (at[1] - at[0]) * randomStream(seed, "initialization", name).uniform();
      }),
  };
}

/** The model without initial weights. */
function numbersModel(layout: Layout): Omit<Model, "initialize"> {
  const size = layoutSize(layout);
  return {
    layout,
    size,
    inputs: 0,
    outputs: size,
    inputShape: [0],
    outputShape: [size],
    apply(theta) {
      parameterRows(theta, layout);
      return f.reshape(theta, [theta.shape[0], size, 1]);
    },
  };
}
