import * as f from "../../graph/functions.js";
import { randomStream } from "../../linalg/random.js";
import { type Layout, layoutOf, layoutSize, type TensorLayout } from "./layout.js";
import type { Model } from "./model.js";
import { parameterRows } from "./parameterRows.js";

/** No network: the weights are named numbers, the variables of a function, or the vector of an external problem. */
export type ParametersArchitecture = NamedParameters | ParameterVector;

/** The vector of an external problem: its process says which tensors it holds. */
export interface ParameterVector {
  readonly kind: "parameters";
  /** How many there are, to be compared with what the process says. */
  readonly count?: number;
  /** A file with the weights to begin with; by default those of the process. */
  readonly start?: string;
  /** As the process says; a model that has been made always has them. */
  readonly tensors?: readonly Omit<TensorLayout, "offset">[];
}

interface NamedParameters {
  readonly kind: "parameters";
  readonly names: readonly string[];
  /** Where each begins: a number, or the ends of an interval that it is drawn from uniformly; by default [-1, 1]. */
  readonly start?: Readonly<Record<string, number | readonly [number, number]>>;
}

/**
 * A model with a tensor [1] for each name, or with those of an external problem. It has no inputs; its outputs are the
 * numbers themselves. Throws RangeError for no names, equal ones, and a start without a name.
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
  if (names.length === 0) throw new RangeError("parameters: there is not a name; expected at least one");
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

/** All but the initial weights. */
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
