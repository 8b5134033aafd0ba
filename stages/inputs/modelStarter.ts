import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import type { NpyArray } from "../../src/files/npy.js";
import { openNpz } from "../../src/files/npz.js";
import { createModel } from "../../src/models/networks/architecture.js";
import type { Model } from "../../src/models/networks/model.js";
import { readNetwork } from "./readNetwork.js";

/** The arrays of a data set, and the task for the network. */
interface Samples {
  inputs: string;
  targets: string;
  task: "classification" | "segmentation" | "language" | "regression";
  /** The number of classes, when the labels do not reach the last class of the network. */
  classes?: number;
}

/**
 * A pipeline file at `file` that shows the loss landscape of a trained network: an ONNX file, with the samples in an
 * .npz file.
 *
 * @throws Error for files that are damaged, and arrays that do not fit the network.
 */
export async function modelStarter(file: string, name: string, model: string, data: string): Promise<string> {
  if (!model.endsWith(".onnx")) {
    throw new Error(
      `${model} is not a .onnx file, the only format with the architecture; export the network, or write load-model`,
    );
  }
  if (!data.endsWith(".npz")) throw new Error(`${data} is not a .npz file; expected one with the arrays x and y`);
  const { architecture, notes } = await readNetwork({ kind: "onnx", path: model }, (path) => resolve(path));
  const network = createModel(architecture);
  const { inputs, targets, task, classes } = samplesOf(data, network);
  const fromFile = (path: string) => JSON.stringify(relative(dirname(resolve(file)), resolve(path)));
  const loss = task === "regression" ? "mean-squared-error" : "cross-entropy";
  const labels =
    classes === undefined ? "" : `, classes: [${[...new Array(classes).keys()].map((k) => `"${k}"`).join(", ")}]`;
  const isLarge = network.size >= LARGE;
  const comments = [
    ...notes,
    ...(isLarge ? ["Products with the Hessian matrix in f32 and few samples at a time need less memory"] : []),
  ]
    .map((note) => `# ${note}`)
    .join("\n");
  const cheap = isLarge ? ", dtype: f32, batchSize: 16" : "";
  return `# The loss landscape of ${model} on ${data}.
${comments}
name: ${name}
params: { steps: 21 } # named values; --set steps=41 overrides them
stages:
  # standardize: true subtracts the mean of each channel and divides by its deviation: only if the network was trained so.
  samples:
    uses: load-data
    with: { name: npz, path: ${fromFile(data)}, inputs: ${JSON.stringify(inputs)}, targets: ${JSON.stringify(targets)}, task: ${task}, standardize: false${labels} }
  model:
    uses: load-model # \`cirque logs ${file} model\` tells the parameters
    from: { data: samples }
    with:
      architecture: { kind: onnx, path: ${fromFile(model)} }
      problem: { kind: supervised, loss: ${loss} }
  directions: { uses: compute-directions, from: { model: model, data: samples }, with: { method: hessian, count: 2${cheap} } }
  grid:
    uses: sample-grid
    from: { model: model, directions: directions, data: samples }
    with: { steps: "\${steps}" }
  tree: { uses: merge-tree, from: { grid: grid } }
  profile: { uses: profile, from: { tree: tree } }
  metrics: { uses: landscape-metrics, from: { tree: tree } }
  spectrum: { uses: hessian, from: { model: model, data: samples }, with: { top: 5, bottom: 2${cheap} } }
  summary: { uses: gather, from: { table: [model, metrics] } }
  report: { uses: report, from: { figures: [grid, tree, profile, spectrum], tables: [summary] } }
`;
}

/** From this number of parameters on, f64 products with the Hessian matrix take several GB. */
const LARGE = 1e6;

/** The arrays x and y, or the only two arrays, one of which has the shape of the inputs. */
function samplesOf(path: string, model: Model): Samples {
  const arrays = openNpz(readFileSync(path), path);
  const names = [...arrays.keys()];
  const inputs = ["x", "X", "inputs", "images", "x_test", "data"].find((name) => arrays.has(name)) ?? names[0];
  const targets =
    ["y", "Y", "targets", "labels", "y_test", "label"].find((name) => arrays.has(name)) ??
    names.find((name) => name !== inputs);
  if (inputs === undefined || targets === undefined) {
    throw new Error(`${path} holds ${names.join(", ") || "no arrays"}; expected inputs and targets, called x and y`);
  }
  return { inputs, targets, ...taskOf(path, model, arrays.get(inputs)!(), arrays.get(targets)!()) };
}

function taskOf(path: string, model: Model, x: NpyArray, y: NpyArray): Pick<Samples, "task" | "classes"> {
  const [classes, ...places] = model.outputShape;
  const found = `${path}: the inputs are [${x.shape.join(", ")}], the targets [${y.shape.join(", ")}]`;
  const wanted = `the network takes [N, ${model.inputShape.join(", ")}] and gives [N, ${model.outputShape.join(", ")}]`;
  const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);
  if (size(x.shape.slice(1)) !== model.inputs || x.shape[0] !== y.shape[0]) throw new Error(`${found}; ${wanted}`);
  const isWhole = y.values.every((value: number) => Number.isInteger(value) && value >= 0);
  const isLabelled = isWhole && classes > 1 && y.shape.slice(1).join() === places.join();
  if (!isLabelled) {
    if (size(y.shape.slice(1)) !== model.outputs) throw new Error(`${found}; ${wanted}`);
    return { task: "regression" };
  }
  let most = 1;
  for (const label of y.values) most = Math.max(most, label + 1);
  if (most > classes) throw new Error(`${found}, with labels up to ${most - 1}; the network has ${classes} classes`);
  const task = places.length === 0 ? "classification" : places.length === 1 ? "language" : "segmentation";
  return { task, ...(most < classes && task !== "language" && { classes }) };
}
