import type { EmbedOptions } from "../src/embedding/embed.js";
import { loadProduct } from "../src/graph/backends/index.js";
import type { Outlook, Stage } from "../src/stage.js";
import { embeddingArtifact } from "./artifacts/embedding.js";
import { checkEmbedded, embeddingOutlook } from "./embedded/checkEmbedded.js";
import { embeddedPoints } from "./embedded/embeddedPoints.js";
import type { Rows } from "./inputs/checkpoints.js";

/** The columns of an input, without the coordinates of points, which the map replaces. */
const ownColumns = ({ columns = [], kind }: Outlook) =>
  kind === "points" ? columns.filter((name) => name !== "a*") : columns;

type Params = EmbedOptions & { rows: Rows };

export const embedStage: Stage<Params> = {
  name: "embed",
  version: 2,
  inputs: { points: { kinds: ["model", "dataset", "points", "table"], many: true } },
  output: "embedding",
  check(params) {
    if (params.method !== "phate") return [];
    const { mds, solver, neighborhood, neighbors } = params;
    return [
      ...(mds === "classic" && solver !== "sgd"
        ? [{ path: ["solver"], message: `is ${solver}; mds: classic is solved by eigenvectors: leave it out` }]
        : []),
      ...(neighborhood !== undefined && neighborhood !== "nearest" && neighbors === undefined
        ? [{ path: ["neighborhood"], message: `is ${neighborhood}, but without neighbors none are found: add it` }]
        : []),
    ];
  },
  checkInputs: checkEmbedded,
  outlook(params, { points }) {
    const headlines = ["method", "points", "t", "stress", "trustworthiness", "demap", "components"];
    const own = ["coordinates", "loss", "epoch", "trajectory", "label", "model", "neighbors"];
    const more = points.every(({ columns }) => columns !== undefined);
    return {
      ...embeddingOutlook(params, points),
      ...(more && { columns: [...new Set([...own, ...points.flatMap(ownColumns)])] }),
      headlines,
      ...((params.method !== "phate" || params.t !== "auto") && {
        undrawn: { entropy: "has no entropy; embed by phate with t: auto" },
      }),
    };
  },
  async run({ params, sources, progress }) {
    const { embed } = await import("../src/embedding/embed.js");
    const product = await loadProduct();
    const { source, columns: more, names, ...known } = embeddedPoints(sources("points"), params.rows);
    const { coordinates, quality, judged, t, entropy, components, potentialStress, explained, neighbors } = await embed(
      source,
      params,
      progress,
      product,
    );
    const count = known.loss.length;
    progress(1, { done: count * count, unit: "pairs" });
    return embeddingArtifact(
      { width: params.dimensions, values: coordinates },
      { ...known, more, neighbors },
      {
        ...{ method: params.method, parameters: params, names, quality: { ...quality, points: judged } },
        ...(t !== undefined && entropy && { t, entropy: [...entropy], components, potentialStress }),
        ...(explained && { explained: [...explained] }),
      },
      {
        method: params.method,
        points: count,
        ...(t !== undefined && { t }),
        stress: (potentialStress ?? quality.stress).scaled,
        trustworthiness: quality.trustworthiness,
        demap: quality.demap,
        ...(components !== undefined && components > 1 && { components }),
      },
    );
  },
};
