import { type Artifact, numbers } from "../../src/artifact/artifact.js";
import type { ContourPath } from "../../src/figures/contour.js";

/** The rows of a projection, one path per model. Throws when its coordinates differ from those of the grid. */
export function pathsOf(path: Artifact, grid: Artifact): ContourPath[] {
  for (const [fact, words] of [
    ["labels", "directions"],
    ["unit", "unit"],
  ]) {
    const [found, expected] = [path, grid].map(({ metadata }) => JSON.stringify(metadata[fact]));
    if (found !== expected) {
      throw new Error(`the path's coordinates have the ${words} ${found}, the grid's ${expected}; expected the same`);
    }
  }
  const models = path.columns.model as string[] | undefined;
  if (models === undefined) throw new Error(`the path has no column "model"; expected the output of a stage project`);
  return [...new Set(models)].map((label) => {
    const own = (name: string) => numbers(path, name).filter((_, row) => models[row] === label);
    return { label, x: own("a1"), y: own("a2") };
  });
}
