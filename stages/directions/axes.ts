import { tensorSize } from "../../src/models/networks/layout.js";
import { MOST_AXES } from "./directionsOutlook.js";
import { type Around, type Found, type Shared, unitLength } from "./method.js";

export interface AxesParams extends Shared {
  method: "axes";
}

/** One unit vector for each weight. */
export function axes({ weights, layout }: Around): Found {
  if (weights.length > MOST_AXES) {
    throw new Error(
      `method: axes has one direction per weight; the model has ${weights.length}, more than ${MOST_AXES}`,
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
