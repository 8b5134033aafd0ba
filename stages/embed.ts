import { artifact } from "../src/artifact.js";
import { type EmbedOptions, embed } from "../src/embedding/embed.js";
import type { Stage } from "../src/stage.js";
import { embeddedPoints, type Rows } from "./embeddedPoints.js";

type Params = EmbedOptions & { rows: Rows };

export const embedStage: Stage<Params> = {
  name: "embed",
  version: 1,
  inputs: { points: { kinds: ["model", "dataset", "points", "table"], many: true } },
  output: "embedding",
  async run({ params, sources, progress }) {
    const { source, loss, epoch, trajectory, columns, names } = embeddedPoints(sources("points"), params.rows);
    const { coordinates, quality, judged, t, entropy, components, potentialStress, explained } = embed(
      source,
      params,
      progress,
    );
    return artifact(
      "embedding",
      { coordinates: { width: params.dimensions, values: coordinates }, loss, epoch, trajectory, ...columns },
      {
        ...{ method: params.method, parameters: params, names, quality: { ...quality, points: judged } },
        ...(t !== undefined && entropy && { t, entropy: [...entropy], components, potentialStress }),
        ...(explained && { explained: [...explained] }),
      },
      {
        method: params.method,
        points: loss.length,
        ...(t !== undefined && { t }),
        stress: (potentialStress ?? quality.stress).scaled,
        trustworthiness: quality.trustworthiness,
        demap: quality.demap,
        ...(components !== undefined && components > 1 && { components }),
      },
    );
  },
};
