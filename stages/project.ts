import { numbers, vectorRows } from "../src/artifact/artifact.js";
import { directionScales } from "../src/landscape/directionScales.js";
import { projectOnto } from "../src/landscape/projection.js";
import { requireFinite } from "../src/linalg/vectors.js";
import { requireSameShapes } from "../src/models/networks/layout.js";
import type { Stage } from "../src/stage.js";
import { directionLabels, directionVectors } from "./artifacts/directions.js";
import { modelLayout, weightsOf } from "./artifacts/model.js";
import { pointsArtifact } from "./artifacts/points.js";
import { checkpointRows, type Rows } from "./inputs/checkpoints.js";
import { checkSpan, spanOf } from "./outlooks/losses.js";
import { mayHaveSameShapes } from "./outlooks/network.js";
import { checkRows } from "./outlooks/rows.js";

interface Params {
  unit: "direction" | "relative";
  /** Default all. */
  rows?: Rows;
}

export const projectStage: Stage<Params> = {
  name: "project",
  version: 1,
  inputs: {
    model: { kinds: ["model"] },
    directions: { kinds: ["directions"] },
    "*": { kinds: ["model"], optional: true },
  },
  output: "points",
  outlook: ({ unit }, inputs) => ({
    columns: ["loss", "a*", "distance", "residual", "step", "model"],
    headlines: ["points", "largestResidual"],
    span: spanOf(inputs, unit),
  }),
  checkInputs({ rows }, { model, directions, ...others }) {
    const ports = Object.entries(others);
    const projected = ports.length > 0 ? Object.values(others).flat() : model;
    const strange = ports.filter(([, [of]]) => !mayHaveSameShapes(model[0], of));
    return [
      ...checkSpan({ model, directions }, {}),
      ...strange.map(([port, [of]]) => ({
        path: ["from", port],
        message: `${of.stage} has tensors of other shapes than ${model[0].stage}; expected one network`,
      })),
      ...projected.flatMap((each) => checkRows(rows, each, ["with", "rows"])),
    ];
  },
  async run({ params, ports, input, progress }) {
    const [center, directions] = [input("model"), input("directions")];
    const weights = weightsOf(center);
    const vectors = directionVectors(directions);
    if (vectors[0]?.length !== weights.length) {
      throw new Error(`the directions have ${vectors[0]?.length} entries, but the model has ${weights.length} weights`);
    }
    const scales = directionScales(params.unit, vectors, weights);
    const project = projectOnto(vectors);

    const others = ports.filter((port) => port !== "model" && port !== "directions");
    const projected = others.length > 0 ? others : ["model"];
    const rows = projected.flatMap((port) => {
      const model = input(port);
      requireSameShapes(modelLayout(model), modelLayout(center), `the model at "${port}"`);
      const [loss, step] = [numbers(model, "loss"), numbers(model, "step")];
      const points = vectorRows(model, "weights");
      return checkpointRows(model, params.rows ?? "all").map((row) => {
        const point = points[row];
        requireFinite(point, `row ${row + 1} of the model at "${port}"`);
        progress(undefined, `${port}, row ${row + 1}`);
        const found = project(weights.map((weight, i) => point[i] - weight));
        return { ...found, loss: loss[row], step: step[row], model: port };
      });
    });

    const coordinates = vectors.map((_, k) => `a${k + 1}`);
    const along = (k: number) => Float64Array.from(rows, ({ coefficients }) => coefficients[k] / scales[k]);
    const residuals = Float64Array.from(rows, ({ residual }) => residual);
    return pointsArtifact(
      Float64Array.from(rows, ({ loss }) => loss),
      Object.fromEntries(coordinates.map((name, k) => [name, along(k)])),
      {
        distance: Float64Array.from(rows, ({ distance }) => distance),
        residual: residuals,
        step: Int32Array.from(rows, ({ step }) => step),
        model: rows.map(({ model }) => model),
      },
      { coordinates, labels: directionLabels(directions), unit: params.unit },
      { points: rows.length, largestResidual: residuals.reduce((most, residual) => Math.max(most, residual), 0) },
    );
  },
};
