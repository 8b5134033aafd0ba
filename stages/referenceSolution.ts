import { spaceVariables } from "../src/models/problems/pinn.js";
import type { Stage } from "../src/stage.js";
import { evolutionTable } from "./reference/evolution.js";
import { type EvolutionParams, evolutionOf, outputsOf, ParameterError } from "./reference/evolutionOf.js";

type Params = EvolutionParams;

export const referenceSolutionStage: Stage<Params> = {
  name: "reference-solution",
  version: 1,
  inputs: {},
  output: "table",
  drawn: true,
  outlook: (params) => ({ columns: [...spaceVariables(params), "t", ...outputsOf(params)] }),
  check(params) {
    try {
      evolutionOf(params);
      return [];
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      return [{ path: error.path, message: error.message }];
    }
  },
  async run({ params, progress }) {
    return evolutionTable(params, (note) => progress(undefined, note));
  },
};
