import { leadingTypes } from "../src/artifact/artifact.js";
import type { Stage } from "../src/stage.js";

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
    const [{ profile }, { simplify }, { profileArtifact }, { treeOf }] = await Promise.all([
      import("../src/topology/profile.js"),
      import("../src/topology/simplification.js"),
      import("./artifacts/profile.js"),
      import("./artifacts/tree.js"),
    ]);
    const { tree: full, losses } = treeOf(input("tree"));
    const tree = params.basins === undefined ? full : simplify(full, losses, { keep: params.basins });
    return profileArtifact(profile(tree, losses, params), tree);
  },
};
