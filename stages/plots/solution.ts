import { type Artifact, numbers } from "../../src/artifact/artifact.js";
import { formatNumber } from "../../src/figures/numbers.js";
import { solution } from "../../src/figures/solution.js";
import { drawnFacts, solutionNames } from "../artifacts/table.js";
import { type FigureParams, lookOf, type Plot } from "./plot.js";

const suits = (table: Artifact) => drawnFacts(table, "solution") !== undefined;

/** The table of a predict stage for a differential equation. */
export const solutionPlot: Plot = {
  suits,
  title: (table, params) => `Solution ${drawnOutput(table, params).output}`,
  caption(table, params) {
    const { outside, isReference } = drawnFacts(table, "solution")?.solution ?? {};
    const drawn =
      drawnOutput(table, params).exact in table.columns
        ? `What the network gives for the solution, the ${isReference ? "reference" : "exact"} solution, and how far apart they are.`
        : "The solution on its grid.";
    return outside ? `${drawn} Grey lies outside the region.` : drawn;
  },
  spec(table, params) {
    const facts = drawnFacts(table, "solution");
    if (!facts) {
      throw new Error(
        "plot: solution draws the table of a predict stage for a differential equation; this table has no solution",
      );
    }
    const { variables, shape, outside, isReference } = facts.solution;
    if (variables.length !== 2) {
      throw new Error(
        `a solution figure draws a function of 2 variables; this one has ${variables.length} (${variables.join(", ")})`,
      );
    }
    const [first, second] = variables.map((name, axis) => axisOf(numbers(table, name), shape, axis));
    const names = drawnOutput(table, params);
    const columns = [names.output, names.exact].map((name) =>
      name in table.columns ? numbers(table, name) : undefined,
    );
    const relativeL2: number | undefined = facts.errors[names.relativeL2];
    const subtitle = relativeL2 === undefined ? undefined : `relative L2 error ${formatNumber(relativeL2)}`;
    const shared = { ...lookOf(params), subtitle, name: names.output, outside, isReference };
    const [u, exact] = columns;
    if (variables[1] !== "t") {
      return solution({ ...shared, x: first, y: second, xLabel: variables[0], yLabel: variables[1], u: u!, exact });
    }
    // Time runs to the right.
    const across = (values: Float64Array) => turned(values, shape[0]);
    const labels = { xLabel: "t", yLabel: variables[0] };
    return solution({ ...shared, ...labels, x: second, y: first, u: across(u!), exact: exact && across(exact) });
  },
};

/** The output that is drawn, the first unless `column` names another, and the names of what belongs to it. */
function drawnOutput(table: Artifact, { column }: FigureParams) {
  const { outputs = ["u"] } = drawnFacts(table, "solution")?.solution ?? {};
  if (column !== undefined && !outputs.includes(column)) {
    throw new Error(`column is "${column}", which is not an output; expected ${outputs.join(", ")}`);
  }
  const output = column ?? outputs[0];
  return { output, ...solutionNames(output, outputs) };
}

/** The values along an axis of a grid, first axis fastest. */
function axisOf(values: Float64Array, shape: readonly number[], axis: number): Float64Array {
  const stride = axis === 0 ? 1 : shape[0];
  return Float64Array.from({ length: shape[axis] }, (_, i) => values[i * stride]);
}

/** The second axis fastest. */
function turned(values: Float64Array, width: number): Float64Array {
  const height = values.length / width;
  return Float64Array.from(values, (_, k) => values[Math.floor(k / height) + width * (k % height)]);
}
