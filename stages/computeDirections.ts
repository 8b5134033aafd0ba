import { readFileSync } from "node:fs";
import { basename } from "node:path";
import {
  type Artifact,
  artifact,
  type Column,
  type Metadata,
  rowCount,
  vectorAt,
  vectorRows,
} from "../src/artifact/artifact.js";
import { formatNumber } from "../src/figures/numbers.js";
import { readArray } from "../src/files/readArray.js";
import { lanczos } from "../src/landscape/lanczos.js";
import { linesBetween } from "../src/landscape/linesBetween.js";
import { prepareDirections } from "../src/landscape/prepareDirections.js";
import { principalComponents } from "../src/landscape/principalComponents.js";
import { randomDirections } from "../src/landscape/randomDirections.js";
import { storedDirections } from "../src/landscape/storedDirections.js";
import { norm, requireFinite } from "../src/linalg/vectors.js";
import { type Layout, requireSameShapes, tensorSize } from "../src/models/networks/layout.js";
import { createObjective, type Objective } from "../src/models/problems/objective.js";
import type { Stage, StageContext } from "../src/stage.js";
import { type LossOptions, modelAtPorts } from "./inputs/trainedModel.js";

type Role = "weight" | "bias" | "norm";

interface Shared extends Partial<LossOptions> {
  normalize?: "none" | "filter" | "layer" | "model";
  ignore?: Role[];
  orthogonalize: boolean;
  seed: number;
  dtype: "f32" | "f64";
}

interface RandomParams extends Shared {
  method: "random";
  count: number;
  distribution: "normal" | "uniform";
}

interface HessianParams extends Shared {
  method: "hessian";
  count: number;
  which: "magnitude" | "largest" | "smallest";
  tolerance?: number;
  maxIterations: number;
  allowUnconverged: boolean;
}

interface PcaParams extends Shared {
  method: "pca";
  count: number;
  center: "last" | "mean";
}

interface BetweenParams extends Shared {
  method: "between";
  count?: number;
}

interface GradientParams extends Shared {
  method: "gradient";
}

interface FileParams extends Shared {
  method: "file";
  path: string;
  key?: string;
  count?: number;
}

interface AxesParams extends Shared {
  method: "axes";
}

type Params = RandomParams | HessianParams | PcaParams | BetweenParams | GradientParams | FileParams | AxesParams;

/** A grid over more axes has more points than anybody computes. */
const MOST_AXES = 16;

/** What a method is given beside its parameters. */
interface Around {
  weights: Float64Array;
  layout: Layout;
  ignore: readonly Role[];
  context: StageContext<Params>;
}

/** Directions before normalisation, and what is known of them. */
interface Found {
  vectors: Float64Array[];
  labels: string[];
  /** What a coefficient of 1 means. */
  unit: string;
  columns?: Record<string, Column>;
  metadata?: Metadata;
  summary?: Record<string, number>;
}

export const computeDirectionsStage: Stage<Params> = {
  name: "compute-directions",
  version: 3,
  inputs: {
    model: { kinds: ["model"] },
    to: { kinds: ["model"], optional: true, many: true },
    data: { kinds: ["dataset"], optional: true },
  },
  output: "directions",
  async run(context) {
    const { params, ports } = context;
    const { method, normalize = method === "random" ? "filter" : "none", orthogonalize } = params;
    if (ports.includes("to") && method !== "between" && method !== "pca") {
      throw new Error(`directions by method: ${method} use no other models; leave out the input "to"`);
    }
    const model = context.input("model");
    const weights = lastWeights(model);
    const layout = layoutOf(model);
    requireFinite(weights, "the vector of the model's weights");
    const { ignore = normalize === "filter" ? (["bias", "norm"] as const) : [] } = params;

    const found = await directionsBy(params, { weights, layout, ignore, context });
    const { vectors, labels, unit, columns, metadata, summary } = found;
    const options = { method: normalize, ignore: [...ignore], orthogonal: orthogonalize };
    const { directions, tensors, cosines } = prepareDirections(vectors, weights, layout, options);
    const none = new Float64Array(vectors.length).fill(Number.NaN);
    return artifact(
      "directions",
      {
        vector: { width: weights.length, values: concatenated(directions) },
        eigenvalue: none,
        residual: none,
        ...columns,
        normBefore: Float64Array.from(vectors, norm),
        normAfter: Float64Array.from(directions, norm),
      },
      {
        method,
        normalize,
        ignore,
        orthogonalize,
        labels,
        unit: units[normalize] ?? (orthogonalize ? `${unit}, without its part along the directions before it` : unit),
        norms: directions.map(norm),
        tensors,
        cosines: Array.from(cosines),
        ...metadata,
      },
      summary,
    );
  },
};

/** What a coefficient of 1 means after normalisation. */
const units: Record<string, string | undefined> = {
  filter: "every filter moves by the norm of its weights",
  layer: "every tensor moves by the norm of its weights",
  model: "a step as long as the vector of weights",
};
const unitLength = "a step of length 1 in weight space";

async function directionsBy(params: Params, around: Around): Promise<Found> {
  switch (params.method) {
    case "random":
      return randomOnes(params, around);
    case "hessian":
      return withObjective(params, around, (objective) => eigenvectors(params, objective, around));
    case "pca":
      return components(params, around);
    case "between":
      return lines(params, around);
    case "gradient":
      return withObjective(params, around, (objective) => gradientOf(objective, around));
    case "file":
      return stored(params, around);
    case "axes":
      return alongAxes(around);
    default:
      return params satisfies never;
  }
}

function randomOnes({ count, seed, distribution }: RandomParams, { weights }: Around): Found {
  requireCount(count, weights);
  return {
    vectors: randomDirections({ size: weights.length, count, seed, distribution }),
    labels: Array.from({ length: count }, (_, k) => `random direction ${k + 1}`),
    unit: "the random vector as it is drawn",
  };
}

async function eigenvectors(params: HessianParams, objective: Objective, { weights, context }: Around): Promise<Found> {
  const { count, which, seed, maxIterations, allowUnconverged } = params;
  const { tolerance = params.dtype === "f64" ? 1e-8 : 1e-4 } = params;
  requireCount(count, weights);
  let products = 0;
  const multiply = (v: Float64Array) => {
    context.progress(undefined, `${products++} Hessian–vector products`);
    return objective.hessianVectorProduct(weights, v);
  };
  const found = await lanczos(multiply, weights.length, { count, which, seed, tolerance, maxIterations });
  const { values, residuals, bound, vectors } = found;
  const converged = Int32Array.from(residuals, (residual) => Number(residual <= bound));
  if (!found.converged && !allowUnconverged) {
    const worst = formatNumber(Math.max(...residuals));
    const fault = converged.every(Boolean)
      ? `the search for further eigenvalues as large was not finished`
      : `‖Hv − λv‖ is up to ${worst} where ${formatNumber(bound)} would do`;
    throw new Error(
      `${count} Hessian eigenvectors did not converge in ${found.iterations} products: ${fault}; raise maxIterations, ` +
        `or tolerance (${tolerance}), ask for fewer, or set allowUnconverged to take them as Ritz vectors`,
    );
  }
  return {
    vectors,
    labels: Array.from(values, (value, k) =>
      converged[k]
        ? `Hessian eigenvector ${k + 1} (λ = ${formatNumber(value)})`
        : `Ritz vector ${k + 1} (λ ≈ ${formatNumber(value)} ± ${formatNumber(residuals[k])})`,
    ),
    unit: unitLength,
    columns: { eigenvalue: values, residual: residuals, converged },
    metadata: { products, which, tolerance, searchFinished: found.converged },
    summary: Object.fromEntries(Array.from(values, (value, k) => [`eigenvalue${k + 1}`, value])),
  };
}

async function components({ count, center }: PcaParams, { weights, layout, ignore, context }: Around): Promise<Found> {
  const own = vectorRows(context.input("model"), "weights");
  const rows = [...own, ...otherModels(layout, context).flatMap((model) => vectorRows(model, "weights"))];
  if (rows.length < 2) {
    throw new Error(
      `principal components need a trajectory; the model has one checkpoint: keep more while training, or give models at "to"`,
    );
  }
  const middle = center === "last" ? weights : "mean";
  const { components, explained } = await principalComponents(rows, layout, { count, center: middle, ignore });
  return {
    vectors: components,
    labels: Array.from(explained, (share, k) => `principal component ${k + 1} (${percent(share)} %)`),
    unit: unitLength,
    columns: { explainedVariance: explained },
    metadata: { center, checkpoints: rows.length },
    summary: Object.fromEntries(Array.from(explained, (share, k) => [`explainedVariance${k + 1}`, share])),
  };
}

/** Three digits, as in 92.2. */
function percent(share: number): string {
  return formatNumber(Number((100 * share).toPrecision(3)));
}

function lines({ count }: BetweenParams, { weights, layout, context }: Around): Found {
  const others = otherModels(layout, context).map(lastWeights);
  if (others.length === 0) throw new Error("method: between needs another model: add from: { to: <a model> }");
  if (count !== undefined && count > others.length) {
    throw new Error(`count is ${count}; there are only ${others.length} models at "to"`);
  }
  const vectors = linesBetween(weights, others.slice(0, count));
  return {
    vectors,
    labels: vectors.map((_, k) => (vectors.length === 1 ? "line to the other model" : `line to model ${k + 1}`)),
    unit: "the other model",
    summary: Object.fromEntries(vectors.map((vector, k) => [`distance${k + 1}`, norm(vector)])),
  };
}

async function gradientOf(objective: Objective, { weights }: Around): Promise<Found> {
  const { loss, gradient } = await objective.lossAndGradient(weights);
  requireFinite(gradient, `the gradient of the loss (${loss})`);
  const gradientNorm = norm(gradient);
  if (gradientNorm === 0) throw new Error("the gradient of the loss is zero: it is no direction");
  return {
    vectors: [gradient],
    labels: ["gradient"],
    unit: "the gradient: coefficient −η is a step of gradient descent with learning rate η",
    summary: { gradientNorm },
  };
}

function stored({ path, key, count }: FileParams, { weights, context }: Around): Found {
  const name = basename(path);
  const array = readArray(readFileSync(context.file(path)), path, key);
  const vectors = storedDirections(array, weights.length, path, count);
  return {
    vectors,
    labels: vectors.map((_, k) => (vectors.length === 1 ? name : `direction ${k + 1} of ${name}`)),
    unit: "the vector in the file",
  };
}

function alongAxes({ weights, layout }: Around): Found {
  if (weights.length > MOST_AXES) {
    throw new Error(
      `method: axes has a direction for each weight; the model has ${weights.length}, more than ${MOST_AXES}`,
    );
  }
  return {
    vectors: Array.from(weights, (_, k) => Float64Array.from(weights, (_, i) => (i === k ? 1 : 0))),
    labels: layout.flatMap((tensor) =>
      Array.from({ length: tensorSize(tensor) }, (_, i) =>
        tensorSize(tensor) === 1 ? tensor.name : `${tensor.name}[${i}]`,
      ),
    ),
    unit: unitLength,
  };
}

async function withObjective(
  { dtype, statistics, batchSize }: Shared,
  { context }: Around,
  use: (objective: Objective) => Promise<Found>,
): Promise<Found> {
  const objective = await createObjective(modelAtPorts(context, { statistics, batchSize }).loss, { dtype });
  try {
    return await use(objective);
  } finally {
    await objective.release();
  }
}

/** The models at "to", of the same architecture. */
function otherModels(layout: Layout, { sources }: StageContext<Params>): Artifact[] {
  return sources("to").map((source, k) => {
    const model = source.artifact();
    requireSameShapes(layoutOf(model), layout, `model ${k + 1} at "to"`);
    return model;
  });
}

function lastWeights(model: Artifact): Float64Array {
  return vectorAt(model, "weights", rowCount(model) - 1);
}

function layoutOf(model: Artifact): Layout {
  return model.metadata.layout as Layout;
}

function requireCount(count: number, weights: Float64Array): void {
  if (count > weights.length) throw new Error(`count is ${count}; the model has only ${weights.length} weights`);
}

function concatenated(vectors: Float64Array[]): Float64Array {
  const [{ length }] = vectors;
  const all = new Float64Array(vectors.length * length);
  for (const [k, vector] of vectors.entries()) all.set(vector, k * length);
  return all;
}
