import { type Artifact, type Column, numbers, type Summary } from "../src/artifact/artifact.js";
import type { Confusion } from "../src/models/evaluation/confusion.js";
import { evaluatePinn } from "../src/models/evaluation/evaluatePinn.js";
import { type Evaluation, evaluateSupervised } from "../src/models/evaluation/evaluateSupervised.js";
import { createPredictor } from "../src/models/evaluation/predictor.js";
import { lossFunction } from "../src/models/problems/lossFunction.js";
import { createObjective } from "../src/models/problems/objective.js";
import type { Stage } from "../src/stage.js";
import { tableArtifact } from "./artifacts/table.js";
import {
  type Applied,
  type ApplyParams,
  appliedModel,
  type Checkpoint,
  checkpoint,
  checkpointRows,
  type Rows,
} from "./inputs/checkpoints.js";
import { errorsOf } from "./inputs/modelAhead.js";
import { tellPoints } from "./inputs/modelAtPorts.js";
import { checkApplied } from "./outlooks/applied.js";
import { checkRows } from "./outlooks/rows.js";

interface Params extends ApplyParams {
  rows: Rows;
}

const labelMeasures = ["loss", "crossEntropy", "accuracy"];

/** What the evaluations of a problem measure; a command of the user's own has measures of its own. */
const measuresAhead: Readonly<Record<string, { names: readonly string[]; ofClasses?: readonly string[] }>> = {
  classification: { names: labelMeasures, ofClasses: ["accuracy"] },
  segmentation: { names: [...labelMeasures, "meanIoU"], ofClasses: ["accuracy", "iou"] },
  language: { names: [...labelMeasures, "perplexity"] },
  "cross-entropy": { names: [...labelMeasures, "meanIoU", "perplexity"], ofClasses: ["accuracy", "iou"] },
  "binary-cross-entropy": { names: ["loss", "binaryCrossEntropy", "accuracy"], ofClasses: ["accuracy"] },
  "mean-squared-error": { names: ["loss", "meanSquaredError", "rSquared"] },
  pinn: { names: ["loss"] },
};

/** A confusion matrix of more classes is left out: nobody can read it. */
const MOST_CONFUSED = 200;

export const evaluateStage: Stage<Params> = {
  name: "evaluate",
  version: 1,
  inputs: {
    model: { kinds: ["model"] },
    data: { kinds: ["dataset"], optional: true },
    reference: { kinds: ["table"], optional: true },
  },
  output: "table",
  drawn: true,
  checkInputs: (params, inputs) => [
    ...checkApplied(params, inputs),
    ...checkRows(params.rows, inputs.model[0], ["with", "rows"]),
  ],
  outlook(_, { model: [{ problem, solution, terms = [] }], reference }) {
    const measures = problem === undefined ? undefined : measuresAhead[problem];
    if (measures === undefined) return {};
    const { ofClasses = [] } = measures;
    const isCounted = problem !== "pinn" && problem !== "mean-squared-error";
    const names = [
      ...measures.names,
      ...(problem === "pinn" ? [...terms, ...errorsOf(solution, reference !== undefined)] : []),
    ];
    return {
      columns: ["step", "epoch", ...names, "samples", "nonFinite", ...ofClasses.map((name) => `${name}:*`)],
      ...(!isCounted && { undrawn: { confusion: "counts no labels" } }),
    };
  },
  async run(context) {
    const { params, input, progress } = context;
    const model = input("model");
    const rows = checkpointRows(model, params.rows);
    const applied = appliedModel(context);
    tellPoints(applied.problem, context.log);
    const { evaluate, release } = await evaluator(applied);
    try {
      const evaluations: Evaluation[] = [];
      for (const [k, row] of rows.entries()) {
        const report = (fraction: number) => progress((k + fraction) / rows.length, `checkpoint ${row}`);
        evaluations.push(await evaluate(checkpoint(model, row, params), report));
        report(1);
      }
      return tableOf(model, rows, evaluations, applied.dataset?.classes ?? []);
    } finally {
      await release();
    }
  },
};

type Evaluate = (of: Checkpoint, report: (fraction: number) => void) => Promise<Evaluation>;

async function evaluator(applied: Applied): Promise<{ evaluate: Evaluate; release: () => Promise<void> }> {
  const { architecture, dtype, problem, dataset } = applied;
  if (dataset) {
    const predictor = await createPredictor(architecture, { dtype });
    const evaluate: Evaluate = ({ theta, options }, report) =>
      evaluateSupervised(predictor, theta, problem, dataset, options, report);
    return { evaluate, release: predictor.release };
  }
  const objective = await createObjective(lossFunction(architecture, problem), { dtype });
  return { evaluate: ({ theta }) => evaluatePinn(objective, theta, applied), release: objective.release };
}

/** One row per evaluation. Columns measure:class have the measures of a class. */
function tableOf(model: Artifact, rows: number[], evaluations: Evaluation[], classes: readonly string[]): Artifact {
  const [{ measures, ofClasses }] = evaluations;
  const last = evaluations[evaluations.length - 1];
  const column = (value: (of: Evaluation) => number) => Float64Array.from(evaluations, value);
  const ofEach = Object.keys(measures).map((name) => [name, column((of) => of.measures[name])] as const);
  const ofClass = Object.keys(ofClasses).flatMap((name) =>
    classes.map((label, c) => [`${name}:${label}`, column((of) => of.ofClasses[name][c])] as const),
  );
  const columns: Record<string, Column> = {
    step: Int32Array.from(rows, (row) => numbers(model, "step")[row]),
    ...("epoch" in model.columns && { epoch: Float64Array.from(rows, (row) => numbers(model, "epoch")[row]) }),
    ...Object.fromEntries(ofEach),
    samples: Int32Array.from(evaluations, ({ samples }) => samples),
    nonFinite: Float64Array.from(evaluations, ({ nonFinite }) => nonFinite),
    ...Object.fromEntries(ofClass),
  };
  const readable = last.confusion && classes.length <= MOST_CONFUSED ? last.confusion : undefined;
  const summary: Summary = { ...last.measures, ...(last.nonFinite > 0 && { nonFinite: last.nonFinite }) };
  const metadata = readable && { plot: "confusion" as const, confusion: confusionFact(readable, classes) };
  return tableArtifact(columns, metadata, summary);
}

/** One row of counts per label, in the order of the classes. */
function confusionFact({ counts, unpredicted }: Confusion, classes: readonly string[]) {
  const width = classes.length;
  return {
    classes,
    counts: classes.map((_, label) => Array.from(counts.subarray(label * width, (label + 1) * width))),
    unpredicted: Array.from(unpredicted),
  };
}
