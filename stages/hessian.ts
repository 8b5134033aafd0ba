import type { Artifact } from "../src/artifact/artifact.js";
import { blockMultiply } from "../src/landscape/hessianBlocks.js";
import type { Multiply } from "../src/landscape/symmetricOperator.js";
import { randomStream } from "../src/linalg/random.js";
import { createModel } from "../src/models/networks/architecture.js";
import type { Stage } from "../src/stage.js";
import { modelFacts } from "./artifacts/model.js";
import { spectrumArtifact } from "./artifacts/spectrum.js";
import { estimate } from "./hessian/estimate.js";
import { joinedSpectrum } from "./hessian/headlines.js";
import { type HessianParams, hessianTasks } from "./hessian/tasks.js";
import { modelAtPorts } from "./inputs/modelAtPorts.js";
import { withObjective } from "./inputs/withObjective.js";

export const hessianStage: Stage<HessianParams> = {
  name: "hessian",
  version: 2,
  inputs: { model: { kinds: ["model"] }, data: { kinds: ["dataset"], optional: true } },
  output: "spectrum",
  check(params) {
    const { trace, density } = params;
    const on = (["trace", "density"] as const).filter((name) => (params[name] as unknown) === true);
    return [
      ...on.map((name) => ({
        path: [name],
        message: "is true; expected false, or its parameters ({} for the defaults)",
      })),
      ...(trace && trace.maxProducts < trace.minProbes
        ? [{ path: ["trace", "maxProducts"], message: `is ${trace.maxProducts}, below minProbes, ${trace.minProbes}` }]
        : []),
      ...(params.top + params.bottom === 0 && !trace && !density
        ? [{ path: [], message: "asks for nothing: top and bottom are 0, trace and density are false" }]
        : []),
    ];
  },
  // The layout is that of the architecture: the number of tasks does not depend on the data.
  parts: ({ params, input }) =>
    hessianTasks(createModel(modelFacts(input("model")).architecture).layout, params).length,
  async run(context) {
    const { params, part, progress } = context;
    const { statistics, batchSize, dtype } = params;
    const { loss, weights } = modelAtPorts(context, { statistics, batchSize });
    const tasks = hessianTasks(loss.layout, params);
    const [start, end] = [part.index, part.index + 1].map((index) => Math.floor((index * tasks.length) / part.count));
    return withObjective(loss, dtype, async (objective) => {
      const product: Multiply = (v) => objective.hessianVectorProduct(weights, v);
      const pieces: Artifact[] = [];
      for (const task of tasks.slice(start, end)) {
        const { block, quantity } = task;
        let products = 0;
        const inBlock = blockMultiply(product, weights.length, block);
        const multiply = (v: Float64Array) => {
          progress(undefined, `${block.name} ${quantity}: ${products++} Hessian–vector products`);
          return inBlock(v);
        };
        const seed = randomStream(params.seed, "hessian", block.name).uint32();
        const { rows, facts } = await estimate(task, { multiply, size: block.size, seed }, params);
        const fact = { block: block.name, size: block.size, quantity, ...facts, products };
        pieces.push(spectrumArtifact(block.name, rows, { dtype, estimates: [fact] }));
      }
      return joinedSpectrum(pieces);
    });
  },
  join: joinedSpectrum,
};
