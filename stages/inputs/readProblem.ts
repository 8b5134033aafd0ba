import { readFileSync } from "node:fs";
import { formatOf } from "../../src/files/formatOf.js";
import { type NamedArrays, namedArrayFormats, namedArrays } from "../../src/files/namedArrays.js";
import type { Problem } from "../../src/models/problems/lossFunction.js";
import { readPoints } from "../../src/models/problems/readPoints.js";

/** The problem with all its points as numbers. Reads the files that it names. */
export function readProblem(problem: Problem, file: (path: string) => string): Problem {
  if (problem.kind !== "pinn") return problem;
  const files = new Map<string, NamedArrays>();
  return readPoints(problem, (path) => {
    const known = files.get(path);
    if (known) return known;
    const format = formatOf(path, namedArrayFormats);
    if (format === undefined) {
      throw new Error(
        `points in ${path}: unknown format; expected a name that ends in .${namedArrayFormats.join(", .")}`,
      );
    }
    const arrays = namedArrays(readFileSync(file(path)), format, path);
    files.set(path, arrays);
    return arrays;
  });
}
