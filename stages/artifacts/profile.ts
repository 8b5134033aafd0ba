/** A topological landscape profile: polygons of basins, row by row. The metadata holds their dots. */
import { type Artifact, artifact, numbers } from "../../src/artifact/artifact.js";
import type { ProfileOutlines } from "../../src/figures/profile.js";
import { type MergeTree, nodeTypes } from "../../src/topology/mergeTree.js";
import type { Profile } from "../../src/topology/profile.js";
import { factsOf } from "./factsOf.js";

type ProfileMetadata = {
  /** The unit of the widths: a basin is as wide as the number of samples below a loss. */
  unit: "samples";
  /** The positions of minima, saddles and the root. */
  dots: NonNullable<ProfileOutlines["dots"]>;
};

/** The profile of a tree. */
export function profileArtifact({ center, base, ...outlines }: Profile, tree: MergeTree): Artifact {
  const types = Array.from(tree.type, (type) => nodeTypes[tree.direction][type]);
  const dots = { x: Array.from(center), value: Array.from(base), type: types, vertex: Array.from(tree.vertex) };
  return artifact("profile", { ...outlines }, { unit: "samples", dots } satisfies ProfileMetadata, {
    basins: center.length,
    rows: outlines.basin.length,
  });
}

/** The parts of a profile that figures draw. */
export function profileOutlines(of: Artifact): ProfileOutlines {
  return {
    basin: of.columns.basin as Int32Array,
    value: numbers(of, "value"),
    left: numbers(of, "left"),
    right: numbers(of, "right"),
    meanLoss: numbers(of, "meanLoss"),
    dots: factsOf<ProfileMetadata>(of, "dots").dots,
  };
}
