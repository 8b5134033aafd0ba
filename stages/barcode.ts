import type { Stage } from "../src/stage.js";
import type { BarcodeParams } from "./bars/barcodeOf.js";

export const barcodeStage: Stage<BarcodeParams> = {
  name: "barcode",
  version: 3,
  inputs: { tree: { kinds: ["tree"], optional: true }, grid: { kinds: ["grid"], optional: true } },
  output: "barcode",
  outlook: () => ({
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
              message: `expected a merge tree at port "tree" or a grid at port "grid"; found ${both ? "both" : "neither"}`,
            },
          ]
        : useless.map((name) => ({
            path: ["with", name],
            message: `is for a barcode of the grid itself, at port "grid"`,
          }))),
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
