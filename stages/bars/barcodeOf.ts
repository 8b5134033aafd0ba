/** The barcode of a merge tree, and of a grid itself. */
import { type Artifact, numbers } from "../../src/artifact/artifact.js";
import { type GridBars, gridHomology } from "../../src/topology/gridHomology.js";
import { obstructionScores } from "../../src/topology/lossBarcode.js";
import { type MergeTreeNodes, mergeTree } from "../../src/topology/mergeTree.js";
import { gridNeighbors } from "../../src/topology/neighbors.js";
import { persistencePairs } from "../../src/topology/persistence.js";
import type { Direction } from "../../src/topology/sweepOrder.js";
import { barcodeArtifact } from "../artifacts/barcode.js";
import { gridShape } from "../artifacts/grid.js";
import { treeOf } from "../artifacts/tree.js";
import { periodicAxes } from "../inputs/neighborGraph.js";
import { notNumbers } from "../inputs/notNumbers.js";

export interface BarcodeParams {
  essential: "infinite" | "global-max";
  dimensions?: number[];
  connectivity?: "freudenthal" | "axis" | "full";
  direction?: Direction;
  periodic?: (string | number)[];
}

/** The bars of dimension 0. Throws Error for parameters that need a grid. */
export function ofTree(of: Artifact, { essential, ...params }: BarcodeParams): Artifact {
  const [useless] = Object.keys(params);
  if (useless !== undefined) {
    throw new Error(`${useless} needs a grid at port "grid"; a merge tree has bars of dimension 0`);
  }
  const { tree } = treeOf(of);
  const bars = persistencePairs(tree, { essential });
  return barcodeArtifact(
    { dimension: new Int32Array(bars.birth.length), ...bars },
    { essential, range: [tree.minimum, tree.maximum] },
    { bars: bars.birth.length },
  );
}

/** Components come from a merge tree. The other classes come from the complex whose edges are the tree's neighbours. */
export function ofGrid(
  of: Artifact,
  { essential, connectivity = "freudenthal", direction = "sublevel", ...params }: BarcodeParams,
  log: (text: string) => void,
): Artifact {
  const shape = gridShape(of);
  const periodic = params.periodic && periodicAxes(of, params.periodic);
  // A torus has a class of its own dimension, a box has none.
  const isTorus = shape.every((length, axis) => length > 1 && periodic?.[axis]);
  const highest = isTorus ? shape.length : Math.max(0, shape.length - 1);
  const { dimensions = Array.from({ length: highest + 1 }, (_, dimension) => dimension) } = params;
  const beyond = dimensions.find((dimension) => dimension > highest);
  if (beyond !== undefined) {
    throw new Error(
      `this grid of ${shape.length} axes has bars of dimension 0 to ${highest}; found ${beyond} in dimensions`,
    );
  }
  const losses = numbers(of, "loss");
  const tree = mergeTree(losses, gridNeighbors(shape, connectivity, periodic), { direction });
  const components = persistencePairs(tree, { essential });
  const isHigher = dimensions.some((dimension) => dimension > 0);
  const complex = complexes[connectivity];
  const higher = isHigher
    ? withEnds(gridHomology(losses, shape, { complex, direction, periodic }), essential, tree)
    : undefined;
  const parts = [
    { ...components, dimension: new Int32Array(components.birth.length) },
    ...(higher ? [higher] : []),
  ].map((bars) => ({
    bars,
    kept: Array.from(bars.dimension.keys()).filter((i) => dimensions.includes(bars.dimension[i])),
  }));
  const columnOf = (name: "birth" | "death" | "dimension" | "birthVertex" | "deathVertex") =>
    parts.flatMap(({ bars, kept }) => kept.map((i) => bars[name][i]));

  const [dimension, birth, death] = [columnOf("dimension"), columnOf("birth"), columnOf("death")];
  const scores = [...new Set(dimensions)].sort().map((d) => {
    const lengths = birth.flatMap((from, i) =>
      dimension[i] === d ? [from === death[i] ? 0 : Math.abs(death[i] - from)] : [],
    );
    return { dimension: d, bars: lengths.length, ...obstructionScores(lengths, 2) };
  });
  return barcodeArtifact(
    {
      dimension: Int32Array.from(dimension),
      birth: Float64Array.from(birth),
      death: Float64Array.from(death),
      birthVertex: Int32Array.from(columnOf("birthVertex")),
      deathVertex: Int32Array.from(columnOf("deathVertex")),
    },
    {
      essential,
      connectivity,
      direction,
      ...(params.periodic && { periodic: params.periodic }),
      range: [tree.minimum, tree.maximum],
      scores,
      caption,
    },
    {
      ...Object.fromEntries(
        scores.flatMap(({ dimension, bars, mean, sum }) => [
          [`barsH${dimension}`, bars],
          [`toScoreH${dimension}`, mean],
          [`toScoreSumH${dimension}`, sum],
        ]),
      ),
      ...notNumbers(losses, direction, log),
    },
  );
}

/** Classes that nothing fills end where components do: at infinity, or at the last vertex of the sweep. */
function withEnds(bars: GridBars, essential: BarcodeParams["essential"], { vertex, value }: MergeTreeNodes): GridBars {
  if (essential === "infinite") return bars;
  const last = vertex.length - 1;
  return {
    ...bars,
    death: bars.death.map((death, i) => (bars.deathVertex[i] < 0 ? value[last] : death)),
    deathVertex: bars.deathVertex.map((at) => (at < 0 ? vertex[last] : at)),
  };
}

/** The complex whose edges, or whose neighbouring top cells, a connectivity describes. */
const complexes = { axis: "cubical", freudenthal: "freudenthal", full: "top-cells" } as const;

const caption =
  "Classes of the sets below each loss, from the loss that makes them to the one that fills them: basins (H₀), tunnels (H₁), voids (H₂).";
