import { linesBetween } from "../../src/landscape/linesBetween.js";
import { norm } from "../../src/linalg/vectors.js";
import { weightsOf } from "../artifacts/model.js";
import { type Around, type Found, otherModels, type Shared } from "./method.js";

export interface BetweenParams extends Shared {
  method: "between";
  count?: number;
}

/** Lines to the models at port `to`. */
export function between({ count }: BetweenParams, around: Around): Found {
  const others = otherModels(around).map((model) => weightsOf(model));
  if (others.length === 0) throw new Error("method: between needs another model; add from: { to: <a model> }");
  if (count !== undefined && count > others.length) {
    throw new Error(`count is ${count}; expected at most ${others.length}, the number of models at "to"`);
  }
  const vectors = linesBetween(around.weights, others.slice(0, count));
  return {
    vectors,
    labels: vectors.map((_, k) => (vectors.length === 1 ? "line to the other model" : `line to model ${k + 1}`)),
    unit: "the other model",
    summary: Object.fromEntries(vectors.map((vector, k) => [`distance${k + 1}`, norm(vector)])),
  };
}
