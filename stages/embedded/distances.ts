import { type Artifact, numbers, rowCount } from "../../src/artifact/artifact.js";
import { factsOf } from "../artifacts/factsOf.js";
import { type ComparisonMetadata, FAILURE } from "../artifacts/table.js";
import { moreColumns, onNoTrajectory, type Part, pickRows } from "./part.js";

/**
 * The distances of a compare stage. Any other table is read as a matrix of distances, from all its columns of numbers.
 * Throws Error when they are not distances.
 */
export function distancesPart(of: Artifact): Part {
  const isNumeric = (name: string) =>
    of.columns[name] instanceof Float64Array || of.columns[name] instanceof Int32Array;
  const names = factsOf<Partial<ComparisonMetadata>>(of).labels ?? Object.keys(of.columns).filter(isNumeric);
  // Matrix points that failed have rows without distances.
  const failed = of.columns[FAILURE] as string[] | undefined;
  const rows = Array.from({ length: rowCount(of) }, (_, row) => row).filter((row) => !failed?.[row]);
  const n = rows.length;
  if (names.length !== n) {
    throw new Error(`a table of ${names.length} columns of numbers and ${n} rows is not a matrix of distances`);
  }
  const columns = names.map((name) => numbers(of, name));
  const distances = Float64Array.from({ length: n * n }, (_, at) => columns[at % n][rows[Math.floor(at / n)]]);
  requireDistances(distances, names);
  const part = { points: [], ...onNoTrajectory(rowCount(of)), columns: moreColumns(of, [...names, "x1", "x2"]) };
  return { ...pickRows(part, rows), distances };
}

function requireDistances(distances: Float64Array, names: readonly string[]): void {
  const n = names.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const [there, back] = [distances[i * n + j], distances[j * n + i]];
      if (i === j ? there !== 0 : !(there >= 0 && there === back)) {
        throw new Error(
          `the distances of ${names[i]} and ${names[j]} are ${there} and ${back}; expected ${i === j ? "0" : "one number ≥ 0"}`,
        );
      }
    }
  }
}
