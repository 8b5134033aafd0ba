import { artifact } from "../src/artifact.js";
import { formatNumber } from "../src/figures/numbers.js";
import { lanczos } from "../src/landscape/lanczos.js";
import { prepareDirections } from "../src/landscape/prepareDirections.js";
import { randomDirections } from "../src/landscape/randomDirections.js";
import { norm } from "../src/linalg/vectors.js";
import { createObjective } from "../src/models/objective.js";
import type { Stage, StageContext } from "../src/stage.js";
import { trainedModel } from "./train.js";

interface Params {
  method: "hessian" | "random";
  count: number;
  seed: number;
  distribution: "normal" | "uniform";
  normalize?: "none" | "filter" | "layer" | "model";
  ignore?: ("weight" | "bias" | "norm")[];
  orthogonalize: boolean;
  dtype: "f32" | "f64";
  tolerance?: number;
  maxIterations: number;
}

export const computeDirectionsStage: Stage<Params> = {
  name: "compute-directions",
  version: 1,
  inputs: { model: { kinds: ["model"] } },
  output: "directions",
  async run(context) {
    const { params } = context;
    const { loss, weights } = trainedModel(context.input("model"));
    const objective = await createObjective(loss, { dtype: params.dtype });
    try {
      const { layout } = objective;
      const { count, normalize = params.method === "random" ? "filter" : "none" } = params;
      const { ignore = normalize === "filter" ? (["bias", "norm"] as const) : [] } = params;
      if (count > weights.length) throw new Error(`count is ${count}; the model has only ${weights.length} weights`);
      const found =
        params.method === "hessian"
          ? await eigenvectors(objective.hessianVectorProduct, weights, context)
          : randomOnes(weights.length, params);
      const options = { method: normalize, ignore: [...ignore], orthogonal: params.orthogonalize };
      const { directions, tensors, cosines } = prepareDirections(found.vectors, weights, layout, options);
      const labels = found.labels;
      return artifact(
        "directions",
        {
          vector: { width: weights.length, values: concatenated(directions) },
          eigenvalue: found.values,
          residual: found.residuals,
        },
        {
          method: params.method,
          normalize,
          ignore,
          labels,
          norms: directions.map(norm),
          tensors,
          cosines: Array.from(cosines),
          products: found.products,
        },
        found.summary,
      );
    } finally {
      await objective.release();
    }
  },
};

interface Found {
  vectors: Float64Array[];
  values: Float64Array;
  residuals: Float64Array;
  labels: string[];
  /** Hessian–vector products that it took. */
  products: number;
  summary: Record<string, number>;
}

async function eigenvectors(
  product: (theta: Float64Array, v: Float64Array) => Promise<Float64Array>,
  weights: Float64Array,
  { params, progress }: StageContext<Params>,
): Promise<Found> {
  const { count, seed, maxIterations, tolerance = params.dtype === "f64" ? 1e-8 : 1e-4 } = params;
  let products = 0;
  const multiply = (v: Float64Array) => {
    progress(undefined, `${products++} Hessian–vector products`);
    return product(weights, v);
  };
  const found = await lanczos(multiply, weights.length, { count, seed, tolerance, maxIterations });
  if (!found.converged) {
    const worst = Math.max(...found.residuals);
    throw new Error(
      `${count} Hessian eigenvectors did not converge in ${found.iterations} products: ‖Hv − λv‖ is up to ` +
        `${worst.toPrecision(3)}; raise maxIterations, or tolerance (${tolerance}), or ask for fewer`,
    );
  }
  return {
    ...found,
    products,
    labels: Array.from(found.values, (value, k) => `Hessian eigenvector ${k + 1} (λ = ${formatNumber(value)})`),
    summary: Object.fromEntries(Array.from(found.values, (value, k) => [`eigenvalue${k + 1}`, value])),
  };
}

/** Random vectors have no eigenvalue: NaN stands in both columns. */
function randomOnes(size: number, params: Params): Found {
  const none = new Float64Array(params.count).fill(Number.NaN);
  return {
    vectors: randomDirections({ size, ...params }),
    values: none,
    residuals: none,
    labels: Array.from(none, (_, k) => `random direction ${k + 1}`),
    products: 0,
    summary: {},
  };
}

function concatenated(vectors: Float64Array[]): Float64Array {
  const [{ length }] = vectors;
  const all = new Float64Array(vectors.length * length);
  for (const [k, vector] of vectors.entries()) all.set(vector, k * length);
  return all;
}
