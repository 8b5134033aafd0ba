import { spaceVariables } from "../src/models/problems/pinn.js";
import type { Stage } from "../src/stage.js";
import { type CavityParams, cavityOf, cavityTable } from "./reference/cavity.js";
import { evolutionTable } from "./reference/evolution.js";
import { type EvolutionParams, evolutionOf, outputsOf } from "./reference/evolutionOf.js";
import { ParameterError } from "./reference/parameterError.js";
import { type PolygonParams, polygonOf, polygonTable } from "./reference/polygon.js";

type Params = EvolutionParams | PolygonParams | CavityParams;

export const referenceSolutionStage: Stage<Params> = {
  name: "reference-solution",
  version: 1,
  inputs: {},
  output: "table",
  drawn: true,
  outlook(params) {
    const columns = columnsOf(params);
    const amount = Object.values(params.grid).reduce((product, count) => product * count, 1);
    return { columns, amount, unit: "points", bytes: 8 * amount * columns.length, decidedBy: ["with", "grid"] };
  },
  check(params) {
    try {
      requireValid(params);
      return [];
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      return [{ path: error.path, message: error.message }];
    }
  },
  async run({ params, progress }) {
    const report = (note: string) => progress(undefined, note);
    switch (params.kind) {
      case "evolution":
        return evolutionTable(params, report);
      case "polygon":
        return polygonTable(params, report);
      case "cavity":
        return cavityTable(params, report);
      default:
        return params satisfies never;
    }
  },
};

function columnsOf(params: Params): string[] {
  if (params.kind === "evolution") return [...spaceVariables(params), "t", ...outputsOf(params)];
  return params.kind === "polygon" ? ["x", "y", "u"] : ["x", "y", "u", "v"];
}

function requireValid(params: Params): void {
  if (params.kind === "evolution") evolutionOf(params);
  else if (params.kind === "polygon") polygonOf(params);
  else cavityOf(params);
}
