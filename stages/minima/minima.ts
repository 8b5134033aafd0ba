import { type Artifact, numbers } from "../../src/artifact/artifact.js";
import { canonicalJson } from "../../src/artifact/canonicalJson.js";
import { requireFinite } from "../../src/linalg/vectors.js";
import { withoutStart } from "../../src/models/networks/architecture.js";
import { pointLabel } from "../../src/pipeline/matrix.js";
import type { Source } from "../../src/stage.js";
import { modelFacts, weightsOf } from "../artifacts/model.js";
import { checkpointRows, type Rows } from "../inputs/checkpoints.js";

/** A checkpoint of a model to connect to others. */
export interface Minimum {
  label: string;
  row: number;
  model: Artifact;
  weights: Float64Array;
  /** The loss stored with the model. */
  loss: number;
}

/**
 * The minima in order, without models that failed. Throws Error when there are fewer than two, or when they differ in
 * network or problem.
 */
export function minimaOf(sources: readonly Source[], rows: Rows): Minimum[] {
  const minima = sources
    .filter(({ error }) => error === undefined)
    .flatMap((source) => checkpointsOf(source, source.artifact(), rows));
  if (minima.length < 2) throw new Error(`found ${minima.length} minimum to connect; expected two or more`);
  const [first] = minima;
  for (const { label, model } of minima) {
    const [own, expected] = [model, first.model].map(lossOf);
    for (const fact of ["architecture", "problem"] as const) {
      if (own[fact] !== expected[fact]) {
        throw new Error(`${label} has another ${fact} than ${first.label}; paths connect minima of one loss`);
      }
    }
  }
  return minima;
}

/** The loss of a model. The start of named parameters is no part of it. */
function lossOf(model: Artifact) {
  const { architecture, problem } = modelFacts(model);
  return { architecture: canonicalJson(withoutStart(architecture)), problem: canonicalJson(problem) };
}

function checkpointsOf({ stage, point }: Source, model: Artifact, wanted: Rows): Minimum[] {
  const name = pointLabel(point) || stage;
  const loss = numbers(model, "loss");
  const rows = checkpointRows(model, wanted);
  return rows.map((row): Minimum => {
    const label = rows.length > 1 ? `${name} row ${row}` : name;
    const weights = weightsOf(model, row);
    requireFinite(weights, `the weights of ${label}`);
    return { label, model, row, weights, loss: loss[row] };
  });
}
