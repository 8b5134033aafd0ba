import type { Values } from "../../graph/backend.js";
import * as f from "../../graph/functions.js";
import { sizeOf } from "../../graph/shape.js";
import { transpose } from "../../linalg/transpose.js";
import { type Architecture, createModel } from "../networks/architecture.js";
import type { Model } from "../networks/model.js";
import { accuracy } from "./accuracy.js";
import { binaryCrossEntropy, crossEntropy, meanPerSample, meanSquaredError, weightPenalty } from "./losses.js";
import type { Batch, LossFunction } from "./lossFunction.js";
import type { SupervisedProblem } from "./supervisedProblem.js";

/** The samples, one after the other. */
export interface Samples {
  /** [N × inputs] */
  readonly inputs: Values;
  /**
   * For cross-entropy: labels, integers from 0, one per position of a sample (pixel, token). Otherwise [N × outputs].
   */
  readonly targets: Values;
}

export interface SupervisedOptions extends Pick<SupervisedProblem, "loss"> {
  readonly labelSmoothing?: number;
  /** The factor of the term `penalty`. Default: 0. */
  readonly weightPenalty?: number;
  /**
   * The number of samples computed at once. It bounds the memory and does not change the result (but see `statistics`).
   * Default: all.
   */
  readonly batchSize?: number;
  /**
   * The statistics of batch norms: the stored ones, or `recomputed`, those of each mini-batch at each parameter point,
   * as in training. Networks without batch norm ignore it; others need it.
   */
  readonly statistics?: Values | "recomputed";
}

/**
 * The mean loss of a network over samples, in mini-batches of bounded memory: one program gets one batch after the
 * other. The last batch may be smaller; each counts by its number of samples.
 *
 * Throws RangeError when samples, targets, labels or statistics do not fit the network.
 */
export function supervisedLoss(architecture: Architecture, samples: Samples, options: SupervisedOptions): LossFunction {
  const model = createModel(architecture);
  const { layout, size } = model;
  return {
    layout,
    size,
    pointsPerRun: pointsPerRun(architecture),
    batches: batchesOf(model, samples, options),
    // A network that gives its own loss tells no outputs apart from it.
    parts:
      options.loss === "output"
        ? undefined
        : (theta, { inputs, targets, statistics }) => {
            const outputs = model.apply(theta, inputs, statistics);
            const penalty = options.weightPenalty ?? 0;
            return {
              fits: [{ outputs, losses: meanLoss(model, outputs, targets, options, meanPerSample) }],
              ...(penalty > 0 && { penalty: f.mul(penalty, weightPenalty(theta, layout)) }),
            };
          },
    terms(theta, { inputs, targets, statistics }) {
      const outputs = model.apply(theta, networkInputs(model, inputs, targets), statistics);
      const [points, , count] = outputs.shape;
      const shape = options.loss === "cross-entropy" ? model.outputShape : [model.outputs];
      const right = accuracy(options.loss, f.reshape(outputs, [points, ...shape, count]), targets);
      return { ...supervisedTerms(model, options, theta, outputs, targets), ...(right && { accuracy: right }) };
    },
  };
}

/** The best number of parameter points per run. */
export const pointsPerRun = ({ kind }: Architecture): number => (kind === "mlp" ? 4 : 1);

/** The loss at parameter points `theta`, from the network's outputs there, and its terms: each [P]. */
export function supervisedTerms(
  model: Model,
  options: SupervisedOptions,
  theta: f.Tensor,
  outputs: f.Tensor,
  targets: f.Tensor,
): { readonly loss: f.Tensor } & Record<string, f.Tensor> {
  const fit = meanLoss(model, outputs, targets, options);
  const penalty = options.weightPenalty ?? 0;
  if (penalty === 0) return { loss: fit };
  const decay = f.mul(penalty, weightPenalty(theta, model.layout));
  return { loss: f.add(fit, decay), fit, penalty: decay };
}

/** What a network takes: inputs [inputs, N], and for one that gives its own loss the targets [values, N] below them. */
export function networkInputs({ targetShape }: Model, inputs: f.Tensor, targets: f.Tensor): f.Tensor {
  return targetShape === undefined ? inputs : f.concat([inputs, targets], 0);
}

/** How many numbers of a target there are for each sample and place, in rows. */
function targetRows({ outputs, targetShape }: Model, { loss }: Pick<SupervisedOptions, "loss">): number {
  return loss === "output" ? sizeOf(targetShape ?? []) : outputs;
}

/** Shapes of the columns that a batch of `count` samples is fed as. */
export function batchShapes(
  model: Model,
  options: Pick<SupervisedOptions, "loss">,
  count: number,
): { inputs: readonly number[]; targets: readonly number[] } {
  const perSample = options.loss === "cross-entropy" ? model.outputShape.slice(1) : [targetRows(model, options)];
  return { inputs: [model.inputs, count], targets: [...perSample, count] };
}

/** Outputs [P, outputs, N] and targets → [P], or the shape that `average` leaves. */
function meanLoss(
  { outputShape }: Model,
  outputs: f.Tensor,
  targets: f.Tensor,
  options: SupervisedOptions,
  average?: typeof meanPerSample,
): f.Tensor {
  const [points, , count] = outputs.shape;
  switch (options.loss) {
    case "cross-entropy":
      return crossEntropy(f.reshape(outputs, [points, ...outputShape, count]), targets, { ...options, average });
    case "mean-squared-error":
      return meanSquaredError(outputs, targets, average);
    case "binary-cross-entropy":
      return binaryCrossEntropy(outputs, targets, average);
    case "output":
      return f.mean(outputs, [1, 2]);
    default:
      return options.loss satisfies never;
  }
}

function batchesOf(model: Model, { inputs, targets }: Samples, options: SupervisedOptions): Batch[] {
  const count = inputs.length / model.inputs;
  if (!Number.isInteger(count) || count === 0) {
    throw new RangeError(`${inputs.length} inputs are not a whole, positive number of samples of ${model.inputs}`);
  }
  const isLabelled = options.loss === "cross-entropy";
  const [classes, ...places] = model.outputShape;
  const width = isLabelled ? sizeOf(places) : targetRows(model, options);
  if (targets.length !== count * width) {
    throw new RangeError(`${targets.length} targets for ${count} samples; expected ${width} per sample`);
  }
  if (isLabelled) requireLabels(targets, classes);
  const statistics = statisticsOf(model, options.statistics);
  const batchSize = options.batchSize ?? count;
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
    throw new RangeError(`batchSize is ${batchSize}; expected a whole number of 1 or more`);
  }
  return Array.from({ length: Math.ceil(count / batchSize) }, (_, i) => {
    const start = i * batchSize;
    const own = Math.min(batchSize, count - start);
    const shapes = batchShapes(model, options, own);
    const columns = (rows: Values, size: number) =>
      transpose(rows.subarray(start * size, (start + own) * size) as typeof rows, size);
    return {
      weight: own / count,
      feeds: {
        inputs: { values: columns(inputs, model.inputs), shape: shapes.inputs },
        targets: { values: columns(targets, width), shape: shapes.targets },
        ...(statistics && { statistics: { values: statistics, shape: [1, statistics.length] } }),
      },
    };
  });
}

function statisticsOf({ statistics }: Model, given: SupervisedOptions["statistics"]): Values | undefined {
  if (statistics === undefined || given === "recomputed") return undefined;
  if (given === undefined) {
    throw new RangeError('a network with batch norm needs statistics: stored ones, or "recomputed"');
  }
  if (given.length !== statistics.size)
    throw new RangeError(`${given.length} statistics; the network has ${statistics.size}`);
  return given;
}

/** ONNX Runtime would count a negative label from the end. */
function requireLabels(labels: Values, classes: number): void {
  const wrong = labels.findIndex((label: number) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (wrong >= 0)
    throw new RangeError(`label ${wrong} is ${labels[wrong]}; expected a whole number from 0 to ${classes - 1}`);
}
