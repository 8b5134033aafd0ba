import { artifact, type ListColumn } from "../src/artifact/artifact.js";
import type { EmbedOptions } from "../src/embedding/embed.js";
import { loadProduct } from "../src/graph/backends/index.js";
import type { Stage } from "../src/stage.js";
import { embeddedPoints, type Rows } from "./inputs/embeddedPoints.js";

type Params = EmbedOptions & { rows: Rows };

export const embedStage: Stage<Params> = {
  name: "embed",
  version: 2,
  inputs: { points: { kinds: ["model", "dataset", "points", "table"], many: true } },
  output: "embedding",
  async run({ params, sources, progress }) {
    const { embed } = await import("../src/embedding/embed.js");
    const product = await loadProduct();
    const { source, loss, epoch, trajectory, columns, names } = embeddedPoints(sources("points"), params.rows);
    const { coordinates, quality, judged, t, entropy, components, potentialStress, explained, neighbors } = await embed(
      source,
      params,
      progress,
      product,
    );
    return artifact(
      "embedding",
      {
        coordinates: { width: params.dimensions, values: coordinates },
        loss,
        epoch,
        trajectory,
        ...columns,
        ...(neighbors && { neighbors: listColumn(neighbors, loss.length) }),
      },
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

/** Equally many values a row. */
function listColumn(values: Int32Array, rows: number): ListColumn {
  return { offsets: Int32Array.from({ length: rows + 1 }, (_, row) => (row * values.length) / rows), values };
}
