import { artifact } from "../src/artifact.js";
import type { Stage } from "../src/stage.js";
import { persistencePairs } from "../src/topology/persistence.js";
import { treeOf } from "./mergeTree.js";

interface Params {
  essential: "infinite" | "global-max";
}

export const barcodeStage: Stage<Params> = {
  name: "barcode",
  version: 2,
  inputs: { tree: { kinds: ["tree"] } },
  output: "barcode",
  async run({ params, input }) {
    const { tree } = treeOf(input("tree"));
    const bars = persistencePairs(tree, params);
    return artifact(
      "barcode",
      { dimension: new Int32Array(bars.birth.length), ...bars },
      { essential: params.essential, range: [tree.minimum, tree.maximum] },
      { bars: bars.birth.length },
    );
  },
};
