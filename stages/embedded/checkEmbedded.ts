import type { EmbedOptions } from "../../src/embedding/embed.js";
import type { Facts, Outlook } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";
import { withArticle } from "../../src/text/words.js";
import type { Rows } from "../inputs/checkpoints.js";
import { checkRows } from "../outlooks/rows.js";

type Params = EmbedOptions & { rows: Rows };

/** Inputs that do not share a space, are too few for the method, or leave parameters without effect. */
export function checkEmbedded(params: Params, { points }: Readonly<Record<string, readonly Outlook[]>>): Fault[] {
  const [first] = points;
  const other = points.find(({ kind }) => kind !== first.kind);
  if (other !== undefined) {
    const message = `${first.stage} is ${withArticle(first.kind)}, ${other.stage} is ${withArticle(other.kind)}; expected inputs of one kind`;
    return [{ path: ["from", "points"], message }];
  }
  const size = ({ parameters, dimensions }: Outlook) => (first.kind === "model" ? parameters : dimensions);
  const strange = points.find((each) => size(first) && size(each) && size(each) !== size(first));
  if (strange !== undefined) {
    const message = `${first.stage} has points of ${size(first)} coordinates, ${strange.stage} of ${size(strange)}; expected points of one space`;
    return [{ path: ["from", "points"], message }];
  }
  const ofRows = points.flatMap((each) => checkRows(params.rows, each, ["with", "rows"]));
  const ofInputs = first.kind === "table" ? faultsOfDistances(params, points) : ofRows;
  return [...ofInputs, ...faultsOfCount(params, points)];
}

/** A table gives the distances, so nothing that leads to them has an effect. */
function faultsOfDistances(params: Params, points: readonly Outlook[]): Fault[] {
  const { method, rows } = params;
  const { pca = 100, distance = "euclidean" } = params as { pca?: unknown; distance?: string };
  const count = points.reduce((sum, { steps }) => sum + steps, 0);
  const useless = [
    ...(pca === 100 ? [] : [`pca is ${pca}`]),
    ...(distance === "euclidean" ? [] : [`distance is ${distance}`]),
    ...(rows === "all" ? [] : [`rows is ${JSON.stringify(rows)}`]),
  ];
  return [
    ...(count === 1 || Number.isNaN(count)
      ? []
      : [
          { path: ["from", "points"], message: `found ${count} tables; expected one with the distances of all points` },
        ]),
    ...(method === "pca"
      ? [
          {
            path: ["with", "method"],
            message: "is pca, which needs points; for distances use mds, which gives the closest equivalent",
          },
        ]
      : []),
    ...useless.map((found) => ({
      path: ["with", found.split(" ")[0]],
      message: `${found}, but a table gives the distances of all its rows; leave it out`,
    })),
  ];
}

/** Every method holds the distances of all pairs, as one array of so many numbers. */
const MOST_DISTANCES = 2 ** 31 - 1;

/** The points of the map, and the distances in memory: those of the points, and one matrix more for most methods. */
export function embeddingOutlook(params: Params, points: readonly Outlook[]): Facts {
  const { method, dimensions, rows } = params;
  const count = pointCount(rows, points);
  if (count === undefined) return { dimensions };
  return {
    ...{ amount: count, unit: "points", bytes: 8 * count * (dimensions + 3), dimensions },
    ...{ work: { done: count ** 2, unit: "pairs" }, memory: (method === "pca" ? 8 : 16) * count ** 2 },
  };
}

/** Parameters that ask for more points than there can be. */
function faultsOfCount(params: Params, points: readonly Outlook[]): Fault[] {
  const count = pointCount(params.rows, points);
  const least = leastPoints(params);
  if (count === undefined) return [];
  if (count ** 2 > MOST_DISTANCES) {
    const [found, most] = [count, Math.floor(Math.sqrt(MOST_DISTANCES))].map((n) => n.toLocaleString("en"));
    const message = `${found} points have too many distances; expected at most ${most} points: choose rows`;
    return [{ path: ["from", "points"], message }];
  }
  if (
    params.method === "phate" &&
    params.neighbors &&
    typeof params.landmarks === "number" &&
    count > params.landmarks
  ) {
    const message = `neighbors need a potential for each point, but there are ${count} points and ${params.landmarks} landmarks; set landmarks: none`;
    return [{ path: ["with", "neighbors"], message }];
  }
  if (least === undefined || count >= least.count) return [];
  const message = `${least.name} is ${least.value}, which needs ${least.count} points or more; there are ${count}`;
  return [{ path: ["with", least.name], message }];
}

/** The most points that the inputs give; undefined when an input does not tell. */
function pointCount(rows: Rows, points: readonly Outlook[]): number | undefined {
  let count = 0;
  for (const { kind, steps, amount } of points) {
    if (kind === "table") return undefined;
    const each = rows === "all" ? amount : rows === "last" ? 1 : rows.length;
    if (each === undefined) return undefined;
    count += steps * each;
  }
  return Number.isNaN(count) ? undefined : count;
}

function leastPoints(params: Params): { name: string; value: number; count: number } | undefined {
  switch (params.method) {
    case "phate":
      return { name: "knn", value: params.knn, count: params.knn + 1 };
    case "tsne":
      return { name: "perplexity", value: params.perplexity, count: Math.floor(3 * params.perplexity) + 1 };
    case "umap":
      return { name: "neighbors", value: params.neighbors, count: params.neighbors + 1 };
    default:
      return undefined;
  }
}
