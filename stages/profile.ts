import { artifact } from "../src/artifact/artifact.js";
import type { Stage } from "../src/stage.js";
import { nodeTypes } from "../src/topology/mergeTree.js";
import { profile } from "../src/topology/profile.js";
import { simplify } from "../src/topology/simplification.js";
import { treeOf } from "./mergeTree.js";

interface Params {
  levels: number;
  basins?: number;
}

export const profileStage: Stage<Params> = {
  name: "profile",
  version: 2,
  inputs: { tree: { kinds: ["tree"] } },
  output: "profile",
  async run({ params, input }) {
    const { tree: full, losses } = treeOf(input("tree"));
    const tree = params.basins === undefined ? full : simplify(full, losses, { keep: params.basins });
    const { center, base, ...outlines } = profile(tree, losses, params);
    const types = Array.from(tree.type, (type) => nodeTypes[tree.direction][type]);
    return artifact(
      "profile",
      { ...outlines },
      {
        unit: "samples",
        dots: { x: Array.from(center), value: Array.from(base), type: types },
      },
      { basins: center.length, rows: outlines.basin.length },
    );
  },
};
