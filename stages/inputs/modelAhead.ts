import type { Architecture } from "../../src/models/networks/architecture.js";
import type { Problem } from "../../src/models/problems/lossFunction.js";
import { ofOutputs, type PinnProblem, pinnOutputs, pinnVariables } from "../../src/models/problems/pinn.js";
import { coefficientName, lossNames } from "../../src/models/problems/pinnLoss.js";
import { termsWith } from "../../src/models/problems/pointWeights.js";
import type { Facts } from "../../src/stage.js";
import { solutionNames } from "../artifacts/table.js";

/** Errors of a solution, where the problem states the exact one. */
const solutionErrors = ["relativeL2", "meanAbsolute", "relativeLInfinity"];

/** The networks that label more than samples. */
const tasks: Partial<Record<Architecture["kind"], string>> = { unet: "segmentation", transformer: "language" };

/** What a network learns: the kind of its problem, of a supervised one the loss, with labels the task. */
function problemName(problem: Problem, { kind }: Architecture): string {
  if (problem.kind !== "supervised") return problem.kind;
  // The outputs of an ONNX file are not known here.
  if (problem.loss !== "cross-entropy" || kind === "onnx") return problem.loss;
  return tasks[kind] ?? "classification";
}

/** What is known of a model before it is there; `more` are headline numbers of the stage. */
export function modelAhead(
  {
    problem,
    architecture,
    terms = false,
    balance,
    resample,
  }: { problem: Problem; architecture: Architecture; terms?: boolean; balance?: Balance; resample?: object },
  more: readonly string[],
): Facts {
  const isSupervised = problem.kind === "supervised";
  const curves = ["learningRate", "trainLoss", "trainAccuracy", "validationLoss", "validationAccuracy"];
  const solution = problem.kind === "pinn" ? solutionColumns(problem) : undefined;
  const found = isSupervised ? ["accuracy", ...curves.slice(2)] : solution ? errorsOf(solution) : [];
  const names = problem.kind === "pinn" ? lossNames(balance ? weighted(problem, balance) : problem) : undefined;
  const coefficients = problem.kind === "pinn" ? Object.keys(problem.unknowns ?? {}).map(coefficientName) : [];
  const recorded = problem.kind === "external" ? ["*"] : (names ?? []);
  const draws = resample ? ["resamplings"] : [];
  return {
    ...{ problem: problemName(problem, architecture), solution, terms: names },
    columns: ["step", "loss", "weights", "state", "epoch", ...curves, ...(terms || balance ? recorded : []), ...draws],
    // A command of the user's own names the terms of its loss.
    ...(problem.kind !== "external" && { headlines: ["loss", ...coefficients, ...found, ...more, "warning"] }),
  };
}

/** Weights that move, as a mapping has them by name. */
interface Balance {
  readonly kind: string;
  /** The terms whose points have weights. */
  readonly terms?: object;
}

/** The problem with the weights that a training gives it, of terms or of their points. */
function weighted(problem: PinnProblem, { terms }: Balance): PinnProblem {
  if (terms === undefined) return { ...problem, weights: {} };
  const own = termsWith(problem, { ...terms }).map((term) => [term, []]);
  return { ...problem, pointWeights: Object.fromEntries(own) };
}

function solutionColumns(problem: PinnProblem): string[] {
  const outputs = pinnOutputs(problem);
  const known = Object.keys(ofOutputs(problem.exact, problem));
  const beside = known.flatMap((output) => {
    const { exact, error } = solutionNames(output, outputs);
    return [exact, error];
  });
  return [...pinnVariables(problem), ...outputs, ...beside];
}

/**
 * The errors of a solution with these columns; all of them if the columns are unknown, and those of any output beside a
 * reference.
 */
export function errorsOf(solution: readonly string[] | undefined, besideReference = false): readonly string[] {
  if (besideReference) return solutionErrors.map((name) => `${name}*`);
  if (solution === undefined) return solutionErrors;
  const exact = solution.filter((name) => name === "exact" || name.startsWith("exact_"));
  return exact.flatMap((name) => solutionErrors.map((error) => error + name.slice("exact".length)));
}

/** What is known of sampled losses; with `terms` their parts are columns, too. */
export function sampledAhead(terms: boolean, model: Facts | undefined): Facts {
  const problem = model?.problem;
  const headlines = ["points", "lowestLoss", "highestLoss", "nonFinite", "refined"];
  // A command of the user's own names the terms of its loss.
  if (terms && (problem === undefined || problem === "external")) return { headlines };
  const parts = problem === "pinn" ? (model?.terms ?? []) : ["fit", "penalty", "accuracy"];
  return { columns: ["loss", "a*", ...(terms ? parts : [])], headlines };
}
