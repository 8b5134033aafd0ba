import { type Artifact, numbers, rowCount } from "../../src/artifact/artifact.js";
import { type Curve, curves, type Training } from "../../src/figures/curves.js";
import { factsOf } from "../artifacts/factsOf.js";
import type { ModelMetadata } from "../artifacts/model.js";
import { lookOf, type Plot } from "./plot.js";

/** The parts of a training history that are drawn. */
const drawn: Readonly<Record<string, Omit<Curve, "values">>> = {
  trainLoss: { quantity: "loss", split: "training" },
  validationLoss: { quantity: "loss", split: "validation" },
  trainAccuracy: { quantity: "accuracy", split: "training" },
  validationAccuracy: { quantity: "accuracy", split: "validation" },
};

/** The training histories of models. Several models at separate ports share the axes. */
export const curvesPlot: Plot = {
  title: () => "Training",
  caption: (model) => {
    const { history } = factsOf<Partial<ModelMetadata>>(model);
    const hasAccuracy = Object.keys(history ?? {}).some((name) => name.endsWith("Accuracy"));
    return hasAccuracy ? "How the loss fell in training, and what accuracy it gave." : "How the loss fell in training.";
  },
  spec(model, params, beside, port) {
    const models = Object.entries({ [port]: model, ...beside }).filter(([, { kind }]) => kind === "model");
    const xLabel = [...new Set(models.map(([, of]) => axisOf(of)))].join(" or ");
    return curves({ ...lookOf(params), xLabel, trainings: models.map(([label, of]) => trainingOf(label, of)) });
  },
};

function trainingOf(label: string, model: Artifact): Training {
  const history = factsOf<Partial<ModelMetadata>>(model).history;
  if (history) {
    const names = Object.keys(drawn).filter((name) => name in history);
    return { label, x: history.epoch, curves: names.map((name) => ({ ...drawn[name], values: history[name] })) };
  }
  if (rowCount(model) < 2) {
    throw new Error(`the model at "${label}" was not trained here and has one checkpoint; there is no curve to draw`);
  }
  const loss: Curve = { quantity: "loss", split: "training", values: numbers(model, "loss") };
  return { label, x: numbers(model, "step"), curves: [loss] };
}

function axisOf(model: Artifact): string {
  const { history, problem } = factsOf<Partial<ModelMetadata>>(model);
  if (!history) return "checkpoint";
  return problem?.kind === "supervised" ? "epoch" : "iteration";
}
