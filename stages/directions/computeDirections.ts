/** Directions by any method, normalised: what the stage `compute-directions` does. */
import type { Artifact } from "../../src/artifact/artifact.js";
import { prepareDirections } from "../../src/landscape/prepareDirections.js";
import { requireFinite } from "../../src/linalg/vectors.js";
import type { StageContext } from "../../src/stage.js";
import { directionsArtifact } from "../artifacts/directions.js";
import { modelLayout, weightsOf } from "../artifacts/model.js";
import { type AxesParams, axes } from "./axes.js";
import { type BetweenParams, between } from "./between.js";
import { type FileParams, file } from "./file.js";
import { type GradientParams, gradient } from "./gradient.js";
import { type HessianParams, hessian } from "./hessian.js";
import type { Around, Found } from "./method.js";
import { type PcaParams, pca } from "./pca.js";
import { type RandomParams, random } from "./random.js";

export type DirectionsParams =
  | RandomParams
  | HessianParams
  | PcaParams
  | BetweenParams
  | GradientParams
  | FileParams
  | AxesParams;

/** The directions that the parameters ask for, around the model at port `model`. */
export async function computeDirections(context: StageContext<DirectionsParams>): Promise<Artifact> {
  const { params, ports } = context;
  const { method, normalize = method === "random" ? "filter" : "none", orthogonalize } = params;
  if (ports.includes("to") && method !== "between" && method !== "pca") {
    throw new Error(`directions by method: ${method} use no other models; remove the input "to"`);
  }
  if (ports.includes("data") && method !== "hessian" && method !== "gradient") {
    context.log(`the samples at port data have no effect: method: ${method} computes no loss\n`);
  }
  const model = context.input("model");
  const weights = weightsOf(model);
  const layout = modelLayout(model);
  requireFinite(weights, "the vector of the model's weights");
  const { ignore = normalize === "filter" ? (["bias", "norm"] as const) : [] } = params;

  const { vectors, labels, unit, ...found } = await directionsBy(params, { weights, layout, ignore, context });
  const options = { method: normalize, ignore: [...ignore], orthogonal: orthogonalize };
  const { directions, tensors, cosines } = prepareDirections(vectors, weights, layout, options);
  return directionsArtifact(
    { found: vectors, prepared: directions },
    found.columns ?? {},
    {
      ...{ method, normalize, ignore, orthogonalize, labels },
      unit: units[normalize] ?? (orthogonalize ? `${unit}, without its part along the directions before it` : unit),
      ...{ tensors, cosines: Array.from(cosines) },
      ...found.metadata,
    },
    found.summary,
  );
}

/** What a coefficient of 1 means after normalisation. */
const units: Record<string, string | undefined> = {
  filter: "every filter moves by the norm of its weights",
  layer: "every tensor moves by the norm of its weights",
  model: "a step as long as the vector of weights",
};

async function directionsBy(params: DirectionsParams, around: Around): Promise<Found> {
  switch (params.method) {
    case "random":
      return random(params, around);
    case "hessian":
      return hessian(params, around);
    case "pca":
      return pca(params, around);
    case "between":
      return between(params, around);
    case "gradient":
      return gradient(params, around);
    case "file":
      return file(params, around);
    case "axes":
      return axes(around);
    default:
      return params satisfies never;
  }
}
