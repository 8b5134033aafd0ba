import { type Artifact, numbers, rowCount } from "../src/artifact/artifact.js";
import type { Stage, StageContext } from "../src/stage.js";
import type { Fault } from "../src/text/fault.js";
import { graphHomology, totalPersistence } from "../src/topology/graphHomology.js";
import type { Direction } from "../src/topology/sweepOrder.js";
import { barcodeArtifact } from "./artifacts/barcode.js";
import { embeddingFacts } from "./artifacts/embedding.js";
import { storedNeighbors } from "./artifacts/points.js";
import { faultOfColumn } from "./inputs/columnsAhead.js";
import { type Connectivity, checkConnectivity, connectivityProblems } from "./inputs/connectivity.js";
import { graphOf } from "./inputs/neighborGraph.js";

interface Params {
  direction: Direction;
  connectivity?: Connectivity;
  column: string;
  variant: "standard" | "published-script";
  unpaired: "infinite" | "maximum";
  power: number;
}

const caption =
  "Components and cycles of the graph of samples, from the loss at which they appear to that at which they end.";

export const graphHomologyStage: Stage<Params> = {
  name: "graph-homology",
  version: 2,
  inputs: { points: { kinds: ["points", "grid", "embedding"] }, start: { kinds: ["model"], optional: true } },
  output: "barcode",
  outlook: () => ({
    columns: ["dimension", "birth", "death", "birthVertex", "deathVertex", "birthNeighbor"],
    headlines: ["barsH0", "barsH1", "totalPersistenceH0", "totalPersistenceH1"],
  }),
  checkInputs: (params, { points: [points], start }) => [
    ...faultOfColumn(points.columns, params.column, ["column"]),
    ...checkConnectivity(params, points),
    ...faultsOfVariant(params, points.kind, start !== undefined),
  ],
  check: ({ connectivity, variant }) => [
    ...connectivityProblems(connectivity),
    ...(variant === "published-script" && connectivity !== undefined
      ? [
          {
            path: ["connectivity"],
            message: "has no effect: the variant published-script has its own graph; leave it out",
          },
        ]
      : []),
  ],
  async run(context) {
    const { params, input } = context;
    const samples = input("points");
    const { connectivity, neighbors } = graphOf(samples, params.connectivity);
    const { values, multiplicity } =
      params.variant === "published-script"
        ? asPublished(samples, context)
        : { values: numbers(samples, params.column), multiplicity: undefined };
    const bars = graphHomology(values, neighbors, { ...params, multiplicity });
    const { dimension, birth, death, birthVertex, deathVertex, birthNeighbor, minimum, maximum } = bars;
    const totals = [0, 1].map((d) => totalPersistence(bars, d, params.power));
    const cycles = dimension.reduce((sum, d) => sum + d, 0);
    return barcodeArtifact(
      { dimension, birth, death, birthVertex, deathVertex, birthNeighbor },
      { ...params, connectivity, range: [minimum, maximum], totalPersistence: totals, caption },
      {
        barsH0: dimension.length - cycles,
        barsH1: cycles,
        ...(params.unpaired === "maximum" && { totalPersistenceH0: totals[0], totalPersistenceH1: totals[1] }),
      },
    );
  },
};

/** Inputs that a variant lacks, or does not use. */
function faultsOfVariant({ variant }: Params, kind: string, hasStart: boolean): Fault[] {
  if (variant === "standard") {
    const message = "only the variant published-script needs the network before the jumps; leave it out";
    return hasStart ? [{ path: ["from", "start"], message }] : [];
  }
  if (kind !== "embedding") {
    const message =
      'variant is published-script, which has its own graph; embed by phate with neighbors: 20 and neighborhood: "published-script"';
    return [{ path: ["with", "variant"], message }];
  }
  const message =
    'variant is published-script, which gives the first sample the loss before the jumps; connect that model to the port "start"';
  return hasStart ? [] : [{ path: ["with", "variant"], message, lacksInput: true }];
}

/**
 * Follows the script that Horoi et al. published: each loss belongs to the next row, and an edge counts twice when both
 * ends list it.
 */
function asPublished(samples: Artifact, { params, ports, input }: StageContext<Params>) {
  const stored = storedNeighbors(samples);
  if (!stored || embeddingFacts(samples).parameters?.neighborhood !== "published-script") {
    throw new Error(
      'the variant published-script has its own graph; embed by phate with neighbors: 20 and neighborhood: "published-script"',
    );
  }
  if (!ports.includes("start")) {
    throw new Error(
      'the variant published-script gives the first sample the loss of the network before its jumps; connect that model to the port "start"',
    );
  }
  const start = input("start");
  const values = numbers(samples, params.column);
  const shifted = new Float64Array(values.length);
  shifted.set(values.subarray(0, -1), 1);
  shifted[0] = numbers(start, params.column)[rowCount(start) - 1];
  const { offsets, values: listed } = stored;
  const count = rowCount(samples);
  const edges = new Set<number>();
  for (let u = 0; u < count; u++) {
    for (const v of listed.subarray(offsets[u], offsets[u + 1])) edges.add(u * count + v);
  }
  const multiplicity = (u: number, v: number) => Number(edges.has(u * count + v)) + Number(edges.has(v * count + u));
  return { values: shifted, multiplicity };
}
