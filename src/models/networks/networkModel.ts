import * as f from "../../graph/functions.js";
import { sameShape, sizeOf } from "../../graph/shape.js";
import { type Random, randomStream } from "../../linalg/random.js";
import { initialKernel } from "./initialization.js";
import { type Layout, layoutOf, layoutSize, type TensorLayout, tensorSize } from "./layout.js";
import type { Model, ModelStatistics } from "./model.js";
import { parameterRows } from "./parameterRows.js";

/** The source of a network's parameters and statistics. */
export interface Scope {
  /**
   * The parameter tensor of this name. `draw` gives the initial value of each element. `part` marks the kernel or bias
   * of a fully connected layer or a convolution, which other initializations change.
   */
  parameter(tensor: Omit<TensorLayout, "offset">, draw: (random: Random) => number, part?: "kernel" | "bias"): f.Tensor;
  /** The statistics with which the batch norm of this name normalises the channels of x. */
  statistics(name: string, x: f.Tensor): f.ChannelStatistics;
}

/** A network: its layers, and what they compute. */
interface Network {
  /** The shape of one sample. */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** The shape of the targets of a sample, for a network that gives its own loss. */
  readonly targetShape?: readonly number[];
  /** Samples [N, ...inputShape], and targets [N, ...targetShape] → [N, ...outputShape]. */
  forward(scope: Scope, samples: f.Tensor, targets?: f.Tensor): f.Tensor;
}

/**
 * A network as a function of its flat parameter vector. Several points of parameters are evaluated one after another.
 */
export function networkModel(network: Network): Model {
  const declared = declare(network);
  const { layout, statisticsLayout } = declared;
  const { inputShape, outputShape, targetShape } = network;
  const outputs = sizeOf(outputShape);
  return {
    layout,
    size: layoutSize(layout),
    inputs: sizeOf(inputShape),
    outputs,
    inputShape,
    outputShape,
    targetShape,
    statistics: statisticsLayout.length > 0 ? statisticsOf(network, declared) : undefined,
    initialize: (seed, initialization = "default") => initialWeights(declared, seed, initialization),
    apply(theta, columns, statistics) {
      const parameters = parameterRows(theta, layout);
      const stored = statistics && parameterRows(statistics, statisticsLayout, "statistics");
      if (stored && ![1, theta.shape[0]].includes(statistics.shape[0])) {
        throw new RangeError(`${statistics.shape[0]} rows of statistics for ${theta.shape[0]} points of parameters`);
      }
      const fed = fedFrom(columns, network);
      const points = Array.from({ length: theta.shape[0] }, (_, p) => {
        const result = atPoint(p, network, declared, fed, parameters, stored);
        const flat = f.reshape(result.outputs, [columns.shape[1], outputs]);
        return f.reshape(f.transpose(flat), [1, outputs, columns.shape[1]]);
      });
      return f.concat(points, 0);
    },
  };
}

/** The statistics of the batch norms, which are recomputed for other parameters. */
function statisticsOf(network: Network, declared: Declared): ModelStatistics {
  const { layout, statisticsLayout, places } = declared;
  const size = layoutSize(statisticsLayout);
  return {
    layout: statisticsLayout,
    size,
    places,
    recompute(theta, columns) {
      const parameters = parameterRows(theta, layout);
      const fed = fedFrom(columns, network);
      const rows = Array.from({ length: theta.shape[0] }, (_, p) => {
        const { used } = atPoint(p, network, declared, fed, parameters);
        return f.reshape(f.concat(used, 0), [1, size]);
      });
      return f.concat(rows, 0);
    },
  };
}

/** The network at point p, and the statistics that its batch norms used: the stored ones, or those of the samples. */
function atPoint(
  p: number,
  { forward }: Network,
  { layout, statisticsLayout }: Declared,
  { samples, targets }: Fed,
  parameters: readonly f.Tensor[],
  stored?: readonly f.Tensor[],
): { outputs: f.Tensor; used: readonly f.Tensor[] } {
  const used: f.Tensor[] = [];
  const scope: Scope = {
    parameter: ({ name, shape }) => f.reshape(row(find(layout, name, parameters), p), shape),
    statistics(name, x) {
      const known = (part: string) => row(find(statisticsLayout, `${name}.${part}`, stored!), p);
      const channels = [x.shape[1]];
      const own = stored
        ? { mean: f.reshape(known("mean"), channels), variance: f.reshape(known("variance"), channels) }
        : f.channelStatistics(x);
      used.push(own.mean, own.variance);
      return own;
    },
  };
  return { outputs: forward(scope, samples, targets), used };
}

/** Samples, and their targets for a network that gives its own loss. */
interface Fed {
  samples: f.Tensor;
  targets?: f.Tensor;
}

/** Splits columns [inputs (+ targets), N] into samples and targets. */
function fedFrom(columns: f.Tensor, { inputShape, targetShape }: Network): Fed {
  const inputs = sizeOf(inputShape);
  const rows = inputs + (targetShape ? sizeOf(targetShape) : 0);
  if (columns.shape.length !== 2 || columns.shape[0] !== rows) {
    throw new RangeError(`expected inputs of shape [${rows}, N], found [${columns.shape}]`);
  }
  const [, count] = columns.shape;
  const all = f.transpose(columns);
  if (targetShape === undefined) return { samples: f.reshape(all, [count, ...inputShape]) };
  return {
    samples: f.reshape(f.slice(all, 1, 0, inputs), [count, ...inputShape]),
    targets: f.reshape(f.slice(all, 1, inputs, rows), [count, ...targetShape]),
  };
}

/** The initial parameters. Each tensor has a random stream of its own. */
function initialWeights(
  { layout, draws, parts }: Declared,
  seed: number,
  initialization: Parameters<Model["initialize"]>[1] & string,
): Float64Array {
  if (initialization === "siren") throw new Error("the initialization siren is for an mlp of sines with omega");
  const theta = new Float64Array(layoutSize(layout));
  for (const [i, tensor] of layout.entries()) {
    if (initialization !== "default" && parts[i] !== undefined) {
      if (parts[i] === "kernel") theta.set(initialKernel(tensor, initialization, seed), tensor.offset);
      continue;
    }
    const random = randomStream(seed, "initialization", tensor.name);
    for (let k = 0; k < tensorSize(tensor); k++) theta[tensor.offset + k] = draws[i](random);
  }
  return theta;
}

type Declared = ReturnType<typeof declare>;

/** Runs through the network once to see which parameters and batch norms it has, in order. */
function declare({ forward, inputShape, outputShape, targetShape }: Network) {
  const tensors: Omit<TensorLayout, "offset">[] = [];
  const draws: ((random: Random) => number)[] = [];
  const parts: ("kernel" | "bias" | undefined)[] = [];
  const places: number[] = [];
  const statistics: Omit<TensorLayout, "offset">[] = [];
  const scope: Scope = {
    parameter(tensor, draw, part) {
      if (tensors.some(({ name }) => name === tensor.name)) throw new Error(`two tensors are called "${tensor.name}"`);
      tensors.push(tensor);
      draws.push(draw);
      parts.push(part);
      return f.input(tensor.name, tensor.shape);
    },
    statistics(name, x) {
      const shape = [x.shape[1]];
      places.push(...new Array(2).fill(sizeOf(x.shape.slice(2))));
      statistics.push({ name: `${name}.mean`, role: "norm", shape }, { name: `${name}.variance`, role: "norm", shape });
      return f.channelStatistics(x);
    },
  };
  const { shape } = forward(
    scope,
    f.input("samples", [1, ...inputShape]),
    targetShape && f.input("targets", [1, ...targetShape]),
  );
  if (!sameShape(shape, [1, ...outputShape])) {
    throw new RangeError(`a network with outputs of shape [${outputShape}] gave [${shape.slice(1)}]`);
  }
  return { layout: layoutOf(tensors), draws, parts, statisticsLayout: layoutOf(statistics), places };
}

function find(layout: Layout, name: string, tensors: readonly f.Tensor[]): f.Tensor {
  return tensors[layout.findIndex((tensor) => tensor.name === name)];
}

/** Row p, or the only row. */
function row(rows: f.Tensor, p: number): f.Tensor {
  const own = rows.shape[0] === 1 ? 0 : p;
  return f.slice(rows, 0, own, own + 1);
}
