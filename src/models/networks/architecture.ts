import { createRequire } from "node:module";
import { type CnnArchitecture, cnn } from "./cnn.js";
import { type MlpArchitecture, mlp } from "./mlp.js";
import type { Model } from "./model.js";
import { type ParametersArchitecture, parameters } from "./namedParameters.js";
import type { OnnxArchitecture } from "./onnx.js";
import { type ResnetArchitecture, resnet } from "./resnet.js";
import { type TransformerArchitecture, transformer } from "./transformer.js";
import { type UnetArchitecture, unet } from "./unet.js";

/** A network as a recipe: its name in files, and its sizes. */
export type Architecture =
  | MlpArchitecture
  | CnnArchitecture
  | ResnetArchitecture
  | UnetArchitecture
  | TransformerArchitecture
  | OnnxArchitecture
  | ParametersArchitecture;

type Kind = Architecture["kind"];
type Makers = { readonly [K in Kind]: (architecture: Extract<Architecture, { kind: K }>) => Model };

const require = createRequire(import.meta.url);

/** Loaded on demand, because it brings the translation of all ONNX operators. */
function onnx(architecture: OnnxArchitecture): Model {
  const { onnxModel } = require("./onnx.js") as typeof import("./onnx.js");
  return onnxModel(architecture);
}

const models: Makers = { mlp, cnn, resnet, unet, transformer, onnx, parameters };

/** The network that an architecture describes. */
export function createModel(architecture: Architecture): Model {
  if (!Object.hasOwn(models, architecture.kind)) {
    throw new Error(`unknown architecture "${architecture.kind}"; expected ${Object.keys(models).join(" or ")}`);
  }
  return (models[architecture.kind] as (architecture: Architecture) => Model)(architecture);
}

/** The architecture without the values at which named parameters start: these are no part of the network. */
export function withoutStart(architecture: Architecture): Architecture {
  if (architecture.kind !== "parameters" || !("start" in architecture)) return architecture;
  const { start: _, ...rest } = architecture;
  return rest;
}
