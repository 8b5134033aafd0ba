import {
  type Artifact,
  artifact,
  concatenate,
  type Metadata,
  numbers,
  rowCount,
  type Summary,
} from "../src/artifact/artifact.js";
import { blockMultiply, type HessianBlock, hessianBlocks } from "../src/landscape/hessianBlocks.js";
import { lanczos } from "../src/landscape/lanczos.js";
import { lanczosQuadrature, spectralMoment } from "../src/landscape/lanczosQuadrature.js";
import { spectralDensity } from "../src/landscape/spectralDensity.js";
import type { Multiply } from "../src/landscape/symmetricOperator.js";
import { type TraceOptions, traceEstimate } from "../src/landscape/trace.js";
import { randomStream } from "../src/linalg/random.js";
import { type Architecture, createModel } from "../src/models/networks/architecture.js";
import type { Layout } from "../src/models/networks/layout.js";
import { createObjective } from "../src/models/problems/objective.js";
import type { Stage, StageContext } from "../src/stage.js";
import { type LossOptions, modelAtPorts } from "./inputs/trainedModel.js";

interface Params extends LossOptions {
  top: number;
  bottom: number;
  trace: false | Omit<Required<TraceOptions>, "seed">;
  density: false | { probes: number; steps: number; deflate: number; scale: "linear" | "symlog"; width?: number };
  blocks: "none" | "layer" | "tensor";
  dtype: "f32" | "f64";
  seed: number;
  tolerance?: number;
  maxIterations: number;
  allowUnconverged: boolean;
}

/** One quantity of one block: what a piece of the stage computes. */
interface Task {
  block: HessianBlock;
  quantity: "top" | "bottom" | "trace" | "density";
}

/** Rows of a spectrum and how they were found. */
interface Estimate {
  rows: { quantity: string; position: ArrayLike<number>; value: ArrayLike<number>; error: ArrayLike<number> }[];
  facts: Metadata;
}

/** What an estimate is made from: products with the block, and a seed of its own. */
interface Operator {
  multiply: Multiply;
  size: number;
  seed: number;
}

export const hessianStage: Stage<Params> = {
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
  parts: ({ params, input }) => tasksOf(layoutOf(input("model")), params).length,
  async run(context) {
    const { params, part, progress } = context;
    const { statistics, batchSize } = params;
    const { loss, weights } = modelAtPorts(context, { statistics, batchSize });
    const tasks = tasksOf(loss.layout, params);
    const [start, end] = [part.index, part.index + 1].map((index) => Math.floor((index * tasks.length) / part.count));
    const objective = await createObjective(loss, { dtype: params.dtype });
    const product: Multiply = (v) => objective.hessianVectorProduct(weights, v);
    try {
      const pieces: Artifact[] = [];
      for (const { block, quantity } of tasks.slice(start, end)) {
        let products = 0;
        const inBlock = blockMultiply(product, weights.length, block);
        const multiply = (v: Float64Array) => {
          progress(undefined, `${block.name} ${quantity}: ${products++} Hessian–vector products`);
          return inBlock(v);
        };
        const seed = randomStream(params.seed, "hessian", block.name).uint32();
        const { rows, facts } = await estimators[quantity]({ multiply, size: block.size, seed }, block.name, context);
        const fact = { block: block.name, size: block.size, quantity, ...facts, products };
        pieces.push(spectrum(block.name, rows, { dtype: params.dtype, estimates: [fact] }));
      }
      return joined(pieces);
    } finally {
      await objective.release();
    }
  },
  join: joined,
};

/** As the architecture gives it: without the data that the loss is measured on. */
function layoutOf({ metadata }: Artifact): Layout {
  return createModel(metadata.architecture as Architecture).layout;
}

function tasksOf(layout: Layout, { top, bottom, trace, density, blocks }: Params): Task[] {
  const wanted = { top: top > 0, bottom: bottom > 0, trace, density };
  const quantities = (["top", "bottom", "trace", "density"] as const).filter((quantity) => wanted[quantity]);
  const all = [...hessianBlocks(layout, "model"), ...(blocks === "none" ? [] : hessianBlocks(layout, blocks))];
  return all.flatMap((block) => quantities.map((quantity) => ({ block, quantity })));
}

const estimators: Record<
  Task["quantity"],
  (operator: Operator, block: string, context: StageContext<Params>) => Promise<Estimate>
> = {
  top: (operator, block, { params }) => eigenvalues(operator, "top", block, params),
  bottom: (operator, block, { params }) => eigenvalues(operator, "bottom", block, params),
  async trace({ multiply, size, seed }, _, { params }) {
    const options = params.trace as Exclude<Params["trace"], false>;
    const {
      trace,
      standardError,
      products: _products,
      ...facts
    } = await traceEstimate(multiply, size, { ...options, seed });
    return {
      rows: [{ quantity: "trace", position: [1], value: [trace], error: [standardError] }],
      facts: { ...options, ...facts },
    };
  },
  async density({ multiply, size, seed }, _, { params }) {
    const {
      probes,
      steps,
      deflate,
      scale,
      width = scale === "linear" ? 0.01 : 0.05,
    } = params.density as Exclude<Params["density"], false>;
    const tolerance = params.dtype === "f64" ? 1e-6 : 1e-3;
    const quadratures = await lanczosQuadrature(multiply, size, { probes, steps, deflate, tolerance, seed });
    const { positions, density, standardError, ...facts } = spectralDensity(quadratures, { scale, width });
    const moments = [1, 2].map((power) => spectralMoment(quadratures, power));
    const node = quadratures.flatMap(({ nodes }) => [...nodes]);
    const weight = quadratures.flatMap(({ weights }) => Array.from(weights, (w) => w / probes));
    const resolution = quadratures.flatMap(({ resolution }) => [...resolution]);
    return {
      rows: [
        {
          quantity: "moment",
          position: [1, 2],
          value: moments.map(({ value }) => value),
          error: moments.map(({ standardError }) => standardError),
        },
        { quantity: "density", position: positions, value: density, error: standardError },
        { quantity: "node", position: node, value: weight, error: resolution },
      ],
      facts: { probes, steps, deflate, scale, width, ...facts },
    };
  },
};

/** Eigenvalues of one end, the outermost first, with ‖Hv − λv‖ as error: an eigenvalue lies within it. */
async function eigenvalues(
  { multiply, size, seed }: Operator,
  end: "top" | "bottom",
  block: string,
  params: Params,
): Promise<Estimate> {
  const { maxIterations, allowUnconverged, tolerance = params.dtype === "f64" ? 1e-9 : 1e-4 } = params;
  const count = params[end];
  const which = end === "top" ? "largest" : "smallest";
  const bound = Math.max(maxIterations, Math.min(count, size));
  const found = await lanczos(multiply, size, { count, which, seed, tolerance, maxIterations: bound });
  const { values, residuals, converged, iterations } = found;
  if (!converged && !allowUnconverged) {
    throw new Error(
      `the ${values.length} ${which} Hessian eigenvalues of ${block} did not converge in ${iterations} products: ` +
        `‖Hv − λv‖ is up to ${Math.max(...residuals).toPrecision(3)}; raise maxIterations, or tolerance (${tolerance}), ` +
        "or ask for fewer, or set allowUnconverged",
    );
  }
  const position = Array.from(values, (_, k) => k + 1);
  return { rows: [{ quantity: end, position, value: values, error: residuals }], facts: { converged, tolerance } };
}

/** Long form: one row a number. */
function spectrum(block: string, rows: Estimate["rows"], metadata: Metadata): Artifact {
  const column = (name: "position" | "value" | "error") =>
    Float64Array.from(rows.flatMap((row) => Array.from(row[name])));
  const quantity = rows.flatMap((row) => Array.from(row.position, () => row.quantity));
  const columns = { position: column("position"), value: column("value"), error: column("error") };
  return artifact("spectrum", { block: quantity.map(() => block), quantity, ...columns }, metadata);
}

function joined(pieces: Artifact[]): Artifact {
  const whole = concatenate(pieces);
  const estimates = pieces.flatMap(({ metadata }) => metadata.estimates as Metadata[]);
  return { ...whole, metadata: { ...whole.metadata, estimates }, summary: headlines(whole, estimates) };
}

/** The whole Hessian in numbers. */
function headlines(of: Artifact, estimates: Metadata[]): Summary {
  const [block, quantity] = [of.columns.block, of.columns.quantity] as string[][];
  const [position, value, error] = [numbers(of, "position"), numbers(of, "value"), numbers(of, "error")];
  const summary: Summary = {};
  for (let row = 0; row < rowCount(of); row++) {
    if (block[row] !== "model") continue;
    if (quantity[row] === "top") summary[`eigenvalue${position[row]}`] = value[row];
    if (quantity[row] === "bottom") summary[`smallestEigenvalue${position[row]}`] = value[row];
    if (quantity[row] === "trace") {
      summary.trace = value[row];
      summary.traceError = error[row];
    }
  }
  const unconverged = estimates
    .filter(({ converged }) => converged === false)
    .map(({ block, quantity }) => `${block} ${quantity}`);
  return unconverged.length > 0 ? { ...summary, unconverged: unconverged.join(", ") } : summary;
}
