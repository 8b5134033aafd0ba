import { artifact, numbers } from "../src/artifact.js";
import type { Stage } from "../src/stage.js";
import { graphHomology, totalPersistence } from "../src/topology/graphHomology.js";
import type { Direction } from "../src/topology/sweepOrder.js";
import { type Connectivity, connectivityProblems, graphOf } from "./connectivity.js";

interface Params {
  direction: Direction;
  connectivity?: Connectivity;
  unpaired: "infinite" | "maximum";
  power: number;
}

const caption =
  "Components and cycles of the graph of samples, from the loss at which they appear to that at which they end.";

export const graphHomologyStage: Stage<Params> = {
  name: "graph-homology",
  version: 1,
  inputs: { points: { kinds: ["points", "grid"] } },
  output: "barcode",
  check: ({ connectivity }) => connectivityProblems(connectivity),
  async run({ params, input }) {
    const samples = input("points");
    const { connectivity, neighbors } = graphOf(samples, params.connectivity);
    const bars = graphHomology(numbers(samples, "loss"), neighbors, params);
    const { dimension, birth, death, birthVertex, deathVertex, birthNeighbor, minimum, maximum } = bars;
    const totals = [0, 1].map((d) => totalPersistence(bars, d, params.power));
    const cycles = dimension.reduce((sum, d) => sum + d, 0);
    return artifact(
      "barcode",
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
