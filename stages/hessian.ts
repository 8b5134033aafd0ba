import type { Artifact } from "../src/artifact/artifact.js";
import { blockMultiply, inBlock, intoWhole } from "../src/landscape/hessianBlocks.js";
import type { Multiply } from "../src/landscape/symmetricOperator.js";
import { randomStream } from "../src/linalg/random.js";
import { differenceTolerance } from "../src/models/problems/differences.js";
import type { Objective } from "../src/models/problems/objective.js";
import { trainedLayout } from "../src/models/problems/trainedLayout.js";
import type { Stage, StageContext } from "../src/stage.js";
import { modelFacts } from "./artifacts/model.js";
import { atCheckpoint, matrixWords, spectrumArtifact } from "./artifacts/spectrum.js";
import { approximation } from "./directions/method.js";
import { checkHessian } from "./hessian/checkHessian.js";
import { edgeOfStability } from "./hessian/edgeOfStability.js";
import { estimate } from "./hessian/estimate.js";
import { joinedSpectrum, ofGradient } from "./hessian/headlines.js";
import { knownEigenvalues } from "./hessian/knownEigenvalues.js";
import { productsOutlook } from "./hessian/productsOutlook.js";
import { type HessianParams, hessianTasks, type Operator, type Task } from "./hessian/tasks.js";
import { checkpointRows } from "./inputs/checkpoints.js";
import { iterationHooks } from "./inputs/iterationHooks.js";
import { modelAtPorts } from "./inputs/modelAtPorts.js";
import { withObjective } from "./inputs/withObjective.js";

export const hessianStage: Stage<HessianParams> = {
  name: "hessian",
  version: 6, // 6: standard errors of very small and very large eigenvalues are finite and not 0
  inputs: {
    model: { kinds: ["model"] },
    data: { kinds: ["dataset"], optional: true },
    directions: { kinds: ["directions"], optional: true },
  },
  output: "spectrum",
  outlook: (params, inputs) => ({
    ...productsOutlook(params, inputs),
    columns: ["block", "quantity", "position", "value", "error", "row", "step"],
    headlines: headlinesAhead(params),
    undrawn: undrawn(params),
  }),
  check(params) {
    const { trace, density } = params;
    const ofEigenvalues = { tolerance: undefined, maxIterations: 1000, allowUnconverged: false } as const;
    const names = ["tolerance", "maxIterations", "allowUnconverged"] as const;
    const useless = params.top + params.bottom > 0 ? [] : names.filter((name) => params[name] !== ofEigenvalues[name]);
    const on = (["trace", "density"] as const).filter((name) => (params[name] as unknown) === true);
    return [
      ...useless.map((name) => ({
        path: [name],
        message: "is for eigenvalues, but top and bottom are 0; remove it",
      })),
      ...on.map((name) => ({
        path: [name],
        message: "is true; expected false, or its parameters ({} for the defaults)",
      })),
      ...(trace && trace.maxProducts < trace.minProbes
        ? [
            {
              path: ["trace", "maxProducts"],
              message: `is ${trace.maxProducts}, less than minProbes, ${trace.minProbes}`,
            },
          ]
        : []),
      ...(params.top + params.bottom === 0 && !trace && !density && !params.gradient
        ? [{ path: [], message: "computes nothing: top and bottom are 0; trace, density and gradient are false" }]
        : []),
    ];
  },
  checkInputs: checkHessian,
  // The layout comes from the architecture, so the number of tasks does not depend on the data.
  parts({ params, input }) {
    const model = input("model");
    const rows = checkpointRows(model, params.rows ?? "last");
    const { architecture, problem } = modelFacts(model);
    return rows.length * hessianTasks(trainedLayout(architecture, problem), params).length;
  },
  async run(context) {
    const { params, part, input } = context;
    const { statistics, batchSize, dtype, rows: wanted = "last" } = params;
    const rows = checkpointRows(input("model"), wanted);
    const edge = (params.matrix ?? "hessian") === "hessian" ? edgeOfStability(input("model"), rows) : undefined;
    const pieces: Artifact[] = [];
    const counter = { products: 0 };
    for (const [k, row] of rows.entries()) {
      const { loss, weights } = modelAtPorts(context, { statistics, batchSize, row });
      const tasks = hessianTasks(loss.layout, params);
      const total = rows.length * tasks.length;
      const [start, end] = [part.index, part.index + 1].map((index) => Math.floor((index * total) / part.count));
      const own = tasks.filter((_, i) => k * tasks.length + i >= start && k * tasks.length + i < end);
      if (own.length === 0) continue;
      const found = await withObjective(loss, dtype, (objective) =>
        estimates(own, objective, weights, context, counter),
      );
      const step = (input("model").columns.step as Int32Array)[row];
      pieces.push(...found.map((piece) => (params.rows === undefined ? piece : atCheckpoint(piece, row, step, edge))));
    }
    context.progress(1, { done: counter.products, unit: "products" });
    return joinedSpectrum(pieces);
  },
  join: joinedSpectrum,
};

const headlinesAhead = ({ top, bottom, trace, gradient }: HessianParams) => [
  ...Array.from({ length: top }, (_, k) => `eigenvalue${k + 1}`),
  ...Array.from({ length: bottom }, (_, k) => `smallestEigenvalue${k + 1}`),
  ...(trace ? ["trace", "traceError"] : []),
  ...(gradient ? [...ofGradient, ...Array.from({ length: top }, (_, k) => `alignment${k + 1}`)] : []),
  "unconverged",
];

/** The plots of spectra that these parameters leave nothing to draw. */
function undrawn({ top, bottom, density, rows }: HessianParams): Record<string, string> {
  return {
    ...(density ? {} : { density: "has no density; set density: {}" }),
    ...(top + bottom > 0 ? {} : { spectrum: "has no eigenvalues; set top: or bottom:" }),
    ...(top > 0 ? {} : { sharpening: "has no largest eigenvalues; set top:" }),
    ...(rows === undefined && { sharpening: "has the last checkpoint alone; set rows: all" }),
  };
}

/** The results of the tasks at one weight vector, one artifact per task. */
async function estimates(
  tasks: readonly Task[],
  objective: Objective,
  weights: Float64Array,
  { params, progress, ports, input, resume, part }: StageContext<HessianParams>,
  counter: { products: number },
): Promise<Artifact[]> {
  const { dtype, matrix = "hessian", tensors } = params;
  const tolerance = params.tolerance ?? (objective.differences && differenceTolerance(dtype));
  const pieces: Artifact[] = [];
  for (const task of tasks) {
    const { block, quantity } = task;
    const hooks = iterationHooks(resume, `${part.index} ${block.name} ${quantity}`, () => ({
      ...{ products, approximation: approximation(objective) },
    }));
    let products = hooks.left?.products ?? 0;
    const product: Multiply = (v) => {
      progress(undefined, `${block.name} ${quantity}: ${products++} products with the ${matrixWords[matrix]} matrix`);
      return objective.curvatureProduct(matrix, weights, v);
    };
    const seed = randomStream(params.seed, "hessian", block.name).uint32();
    const operator: Operator = {
      multiply: blockMultiply(product, weights.length, block),
      size: block.size,
      seed,
      hooks,
      gradients: async (each) =>
        inBlock(await objective.batchGradients(weights, (g, weight) => each(inBlock(g, block), weight)), block),
      products: async (v, each) => {
        const ofBatch = (vector: Float64Array, weight: number) => each(inBlock(vector, block), weight);
        const padded = intoWhole(v, weights.length, block);
        return inBlock(await objective.curvatureProduct(matrix, weights, padded, ofBatch), block);
      },
    };
    const isKnown = quantity === "top" && block.name === "model" && ports.includes("directions");
    const { rows, facts } = await (isKnown
      ? knownEigenvalues(operator, input("directions"), block, { ...params, tolerance })
      : estimate(task, operator, { ...params, tolerance }));
    counter.products += products;
    const fact = { block: block.name, size: block.size, quantity, ...facts, products };
    const approximated = { ...approximation(objective), ...hooks.left?.approximation };
    const of = { ...(params.matrix && { matrix }), ...(tensors && { tensors }) };
    pieces.push(spectrumArtifact(block.name, rows, { dtype, ...of, estimates: [{ ...fact, ...approximated }] }));
  }
  return pieces;
}
