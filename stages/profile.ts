import { leadingTypes } from "../src/artifact/artifact.js";
import type { Stage } from "../src/stage.js";
import { profile } from "../src/topology/profile.js";
import { simplify } from "../src/topology/simplification.js";
import { profileArtifact } from "./artifacts/profile.js";
import { treeOf } from "./artifacts/tree.js";

interface Params {
  levels: number;
  basins?: number;
}

export const profileStage: Stage<Params> = {
  name: "profile",
  version: 3,
  inputs: { tree: { kinds: ["tree"] } },
  output: "profile",
  outlook: () => ({ columns: Object.keys(leadingTypes("profile")), headlines: ["basins", "rows"] }),
  async run({ params, input }) {
    const { tree: full, losses } = treeOf(input("tree"));
    const tree = params.basins === undefined ? full : simplify(full, losses, { keep: params.basins });
    return profileArtifact(profile(tree, losses, params), tree);
  },
};
