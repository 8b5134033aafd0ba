import { pointLabel } from "../../src/pipeline/matrix.js";
import type { Source } from "../../src/stage.js";

/** `<stage>@<point>`, for messages. */
export function stepName({ stage, point }: Pick<Source, "stage" | "point">): string {
  const label = pointLabel(point);
  return label === "" ? stage : `${stage}@${label}`;
}
