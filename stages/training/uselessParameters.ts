import type { Architecture } from "../../src/models/networks/architecture.js";
import type { Problem } from "../../src/models/problems/lossFunction.js";
import { isWithoutNetwork } from "../../src/models/problems/problemKinds.js";
import { innerCount } from "../../src/models/problems/validateCollocation.js";
import type { Fault } from "../../src/text/fault.js";
import type { Optimizer } from "../../src/training/optimizer.js";
import { iterationsAtMost } from "../../src/training/optimizer.js";
import type { EarlyStop } from "../../src/training/trainingRecord.js";
import type { TrainingSettings } from "../artifacts/model.js";
import { pointWeightFaults } from "./pointWeightFaults.js";
import type { Resample } from "./resampling.js";
import type { Balance } from "./runTraining.js";

interface Params extends Omit<TrainingSettings, "optimizer"> {
  /** One after another. */
  optimizer: Optimizer | readonly Optimizer[];
  terms?: boolean;
  balance?: Balance;
  resample?: Resample;
  architecture: Architecture;
  problem: Problem;
  initialization: string;
  epochs?: number;
  earlyStop?: EarlyStop;
  seed: number;
}

/** Faults of parameters that this kind of training does not use, or cannot run without. */
export function uselessParameters(params: Params): Fault[] {
  const { problem, optimizer } = params;
  const hasSamples = problem.kind === "supervised";
  const isLbfgs = [optimizer].flat().every(({ kind }) => kind === "lbfgs");
  const isFullBatch = !hasSamples || isLbfgs;
  const given = (names: readonly (keyof Params)[], message: string): Fault[] =>
    names.filter((name) => params[name] !== undefined).map((name) => ({ path: [name], message }));
  return [
    ...(isFullBatch
      ? given(["epochs", "dropLast", "augment"], "needs a supervised problem with mini-batches; leave it out")
      : []),
    ...(hasSamples ? [] : given(["batchSize"], "needs a supervised problem; leave it out")),
    ...ofBalance(params),
    ...ofResampling(params),
    ...(params.terms && (hasSamples || problem.kind === "function")
      ? given(["terms"], "needs a loss of several terms, such as that of a differential equation; leave it out")
      : []),
    ...(hasSamples && Array.isArray(optimizer)
      ? given(["optimizer"], "is a list, which needs a problem without samples; give one optimizer")
      : []),
    ...(isLbfgs ? given(["clipGradient"], "has no effect with lbfgs; leave it out") : []),
    ...ofOptimizer(params, isFullBatch, isLbfgs),
    ...ofProblem(params, hasSamples),
  ];
}

/** Weights move with the optimizers that take one gradient per step, and are recorded in any case. */
function ofBalance({ balance, problem, optimizer, terms }: Params): Fault[] {
  if (balance === undefined) return [];
  if (problem.kind !== "pinn") return [{ path: ["balance"], message: "needs a differential equation; leave it out" }];
  const faults: Fault[] = [];
  if ([optimizer].flat()[0].kind === "lbfgs") {
    const message = "needs another optimizer before lbfgs, whose line search needs a loss that stays the same";
    faults.push({ path: ["balance"], message });
  }
  if (terms !== undefined) {
    faults.push({ path: ["terms"], message: "has no effect with balance, which records the terms; leave it out" });
  }
  if (balance.kind === "self-adaptive") faults.push(...pointWeightFaults(problem, balance));
  return faults;
}

/** Points can be drawn anew only where they are chosen, and between rounds. */
function ofResampling({ resample, problem, optimizer, balance }: Params): Fault[] {
  if (resample === undefined) return [];
  if (problem.kind !== "pinn") return [{ path: ["resample"], message: "needs a differential equation; leave it out" }];
  const { every, k, c, candidates } = resample;
  const { points, method = "grid" } = problem.collocation;
  const faults: Fault[] = [];
  const complain = (name: string, message: string) => faults.push({ path: ["resample", name], message });
  if (problem.points?.collocation) {
    const message = "draws the residual points anew, but the problem lists them in points.collocation; leave out one";
    faults.push({ path: ["resample"], message });
  }
  if (balance && balance.kind !== "gradient-norm") {
    const message = `cannot go with balance: ${balance.kind}, whose weights are those of points that stay; leave out one`;
    faults.push({ path: ["resample"], message });
  }
  if (method === "grid" && !problem.points?.collocation && points === innerCount(problem)) {
    const message = `has nothing to draw, because the ${points} residual points are all of the grid; take fewer`;
    faults.push({ path: ["resample"], message });
  }
  const blocks = [optimizer].flat();
  const iterations = iterationsAtMost(blocks[0]);
  if (blocks.length === 1 && every >= iterations) {
    complain("every", `is ${every}, but the training ends after ${iterations} iterations; expected fewer`);
  }
  if (k === 0 && c !== undefined) {
    complain("c", "has no effect with k: 0, which makes all candidates alike; leave it out");
  }
  if (candidates !== undefined && method === "grid") {
    const message = "has no effect, because collocation.method is grid, and the candidates are the points of the grid";
    complain("candidates", `${message}; leave it out`);
  } else if (candidates !== undefined && candidates <= points) {
    complain("candidates", `is ${candidates}; expected more than the ${points} points that are drawn from them`);
  }
  return faults;
}

function ofOptimizer({ optimizer, schedule }: Params, isFullBatch: boolean, isLbfgs: boolean): Fault[] {
  if (!isLbfgs) {
    return isFullBatch || !("iterations" in optimizer) || optimizer.iterations === undefined
      ? []
      : [
          {
            path: ["optimizer", "iterations"],
            message: "applies to problems without samples; use epochs for a supervised problem",
          },
        ];
  }
  if (schedule.kind === "constant" && schedule.warmup === 0) return [];
  return [
    { path: ["schedule"], message: "has no effect with lbfgs, whose steps come from a line search; leave it out" },
  ];
}

function ofProblem(params: Params, hasSamples: boolean): Fault[] {
  const { architecture, problem, earlyStop, initialization, seed } = params;
  const hasNetwork = !isWithoutNetwork(problem.kind);
  const isUnmeasured = earlyStop && !hasSamples && earlyStop.metric !== "trainLoss";
  return [
    ...(isUnmeasured
      ? [
          {
            path: ["earlyStop", "metric"],
            message: "expected trainLoss, the only metric of a problem without samples",
          },
        ]
      : []),
    ...(!hasNetwork && initialization !== "default"
      ? [
          {
            path: ["initialization"],
            message: "applies to the kernels of a network; architecture.start sets the initial parameters",
          },
        ]
      : []),
    ...(initialization === "siren" && (architecture.kind !== "mlp" || architecture.omega === undefined)
      ? [
          {
            path: ["initialization"],
            message: "is siren, which is for an mlp of sines with their factor; set activation: sin and omega: 30",
          },
        ]
      : []),
    ...(!hasNetwork && seed !== 0 && !drawsStart(architecture)
      ? [{ path: ["seed"], message: `is ${seed}, but no random numbers are drawn; leave it out` }]
      : []),
  ];
}

/** True when a named parameter starts in an interval. */
function drawsStart(architecture: Architecture): boolean {
  if (architecture.kind !== "parameters" || !("names" in architecture)) return false;
  const { names, start = {} } = architecture;
  return names.some((name) => typeof start[name] !== "number");
}
