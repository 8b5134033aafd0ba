import { readFileSync } from "node:fs";
import type { Summary } from "../src/artifact.js";
import { formatOf } from "../src/files/formatOf.js";
import { lossFunction, type Problem } from "../src/models/lossFunction.js";
import { type Architecture, createModel } from "../src/models/model.js";
import { createObjective } from "../src/models/objective.js";
import { readWeights, type WeightFormat, weightFormats } from "../src/models/readWeights.js";
import { validateModel } from "../src/models/validateModel.js";
import { nearestName } from "../src/nearestName.js";
import type { Stage } from "../src/stage.js";
import { modelArtifact, solutionFacts } from "./modelArtifact.js";
import { readProblem } from "./readProblem.js";

interface Params {
  path: string;
  format?: WeightFormat;
  architecture: Architecture;
  problem: Problem;
  key?: string;
  prefix?: string;
  names?: Record<string, string>;
  dtype: "f32" | "f64";
}

export const loadModelStage: Stage<Params> = {
  name: "load-model",
  version: 1,
  inputs: {},
  output: "model",
  check(params) {
    const { architecture, problem } = params;
    const faults = validateModel(architecture, problem);
    const isMade = !faults.some(({ path }) => path[0] === "architecture");
    return [...faultsOfFile(params), ...faults, ...(isMade ? faultsOfNames(params) : [])];
  },
  async run({ params, file, progress }) {
    const { path, architecture, dtype } = params;
    const problem = readProblem(params.problem, file);
    if (problem.kind !== "pinn") throw new Error("load-model takes pinn problems");
    const { layout, size } = createModel(architecture);
    const format = params.format ?? (formatOf(path, weightFormats) as WeightFormat);
    const read = readWeights(readFileSync(file(path)), format, layout, params, path);
    const weights = dtype === "f32" ? Float64Array.from(Float32Array.from(read)) : read;
    const nonFinite = weights.reduce((count, weight) => (Number.isFinite(weight) ? count : count + 1), 0);

    const objective = await createObjective(lossFunction(architecture, problem), { dtype });
    try {
      const loss = new Float64Array(weights.length / size);
      for (let row = 0; row < loss.length; row++) {
        loss.set(await objective.loss(weights.subarray(row * size, (row + 1) * size)), row);
        progress((row + 1) / loss.length);
      }
      const checkpoints = { step: Int32Array.from(loss.keys()), loss, weights };
      // A loss that is not finite is then explained in the summary, too.
      const summary: Summary = nonFinite > 0 ? { nonFiniteWeights: nonFinite } : {};
      const setting = { architecture, problem, dtype };
      const found = await solutionFacts(setting, weights.subarray(weights.length - size), objective);
      return modelArtifact(
        setting,
        checkpoints,
        { ...found, nonFiniteWeights: nonFinite },
        { ...found.errors, ...summary },
      );
    } finally {
      await objective.release();
    }
  },
};

function faultsOfFile({ path, format, key, prefix, names }: Params) {
  const known = format ?? formatOf(path, weightFormats);
  if (known === undefined) {
    const endings = weightFormats.map((ending) => `.${ending}`).join(", ");
    return [{ path: ["path"], message: `is "${path}"; expected a name that ends in ${endings}, or a format` }];
  }
  const unused = Object.entries({ key, prefix, names }).filter(([, value]) => value !== undefined);
  if (known === "npy") {
    return unused.map(([name]) => ({
      path: [name],
      message: "is of no use: a .npy file holds one array; leave it out",
    }));
  }
  return key === undefined
    ? []
    : unused
        .filter(([name]) => name !== "key")
        .map(([name]) => ({ path: [name], message: `is of no use beside key; leave one of them out` }));
}

function faultsOfNames({ architecture, names = {} }: Params) {
  const known = createModel(architecture).layout.map(({ name }) => name);
  return Object.keys(names)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: ["names", name],
      message: `the network has no tensor "${name}"; ${expected(name, known)}`,
    }));
}

function expected(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? `expected ${known.join(", ")}` : `did you mean "${nearest}"?`;
}
