import type { Outlook, Stage } from "../src/stage.js";
import type { Fault } from "../src/text/fault.js";
import type { BarcodeParams } from "./bars/barcodeOf.js";
import { checkPeriodic } from "./inputs/connectivity.js";

/** Axes and dimensions that a grid does not have. A grid whose axes are all periodic has bars of its own dimension. */
function beyondAxes({ dimensions = [], periodic = [] }: Omit<BarcodeParams, "essential">, grid: Outlook): Fault[] {
  const { dimensions: axes, stage } = grid;
  if (axes === undefined) return [];
  const highest = periodic.length >= axes ? axes : Math.max(0, axes - 1);
  const beyond = dimensions.findIndex((dimension) => dimension > highest);
  return [
    ...checkPeriodic(periodic, axes, stage),
    ...(beyond < 0
      ? []
      : [
          {
            path: ["with", "dimensions", beyond],
            message: `dimensions names ${dimensions[beyond]}; ${stage} has ${axes} axes and bars of dimension 0 to ${highest}`,
          },
        ]),
  ];
}

export const barcodeStage: Stage<BarcodeParams> = {
  name: "barcode",
  version: 3,
  inputs: { tree: { kinds: ["tree"], optional: true }, grid: { kinds: ["grid"], optional: true } },
  output: "barcode",
  outlook: ({ direction = "sublevel" }, { tree }) => ({
    // A source of an unknown stage is told at its own place.
    sweep: tree === undefined ? direction : tree[0]?.sweep,
    columns: ["dimension", "birth", "death", "birthVertex", "deathVertex"],
    headlines: ["bars", "barsH*", "toScoreH*", "toScoreSumH*", "notNumbers"],
  }),
  checkInputs({ essential: _, ...ofGrids }, { tree, grid }) {
    const both = tree !== undefined && grid !== undefined;
    const useless = tree === undefined ? [] : Object.keys(ofGrids);
    return [
      ...(both || (tree ?? grid) === undefined
        ? [
            {
              path: ["from"],
              part: "key" as const,
              lacksInput: !both,
              message: `expected a merge tree at port "tree" or a grid at port "grid"; found ${both ? "both" : "neither"}`,
            },
          ]
        : useless.map((name) => ({
            path: ["with", name],
            message: `is for a barcode of the grid itself, at port "grid"`,
          }))),
      ...(both || grid === undefined ? [] : beyondAxes(ofGrids, grid[0])),
    ];
  },
  async run({ params, input, ports, log }) {
    if (ports.length !== 1) {
      throw new Error(
        `a barcode needs a merge tree at port "tree" or a grid at port "grid"; found ${ports.length} inputs`,
      );
    }
    const { ofGrid, ofTree } = await import("./bars/barcodeOf.js");
    return ports[0] === "tree" ? ofTree(input("tree"), params) : ofGrid(input("grid"), params, log);
  },
};
