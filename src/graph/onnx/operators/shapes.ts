/** Operators that compute with shapes, and create tensors from them. */
import * as f from "../../functions.js";
import { sizeOf } from "../../shape.js";
import type { Call, Rule } from "../call.js";
import { tensorValues } from "../graph.js";
import { constantOf } from "../readOnnx.js";
import { numberKind } from "../readTensor.js";
import { type Value, whole } from "../value.js";

function shapeOf(call: Call): Value {
  const { shape } = call.tensor(0);
  const end = call.has("end") ? call.number("end", 0) : shape.length;
  return whole(shape.slice(call.number("start", 0), end));
}

function constantOfShape(call: Call): Value {
  const value = call.tensorAttribute("value");
  const [number] = value ? tensorValues(value) : [0];
  return { tensor: f.expand(f.constant(number), call.numbers(0)), kind: value?.kind ?? "real" };
}

function range(call: Call): Value {
  const [start, limit, step] = [0, 1, 2].map((i) => call.numbers(i)[0]);
  const length = Math.max(0, Math.ceil((limit - start) / step));
  if (!Number.isFinite(length)) throw new Error(`it runs from ${start} to ${limit} in steps of ${step}`);
  const values = Float64Array.from({ length }, (_, i) => start + i * step);
  return { tensor: f.constant(values), kind: call.value(0).kind };
}

function eyeLike(call: Call): Value {
  const { shape } = call.tensor(0);
  const k = call.number("k", 0);
  const values = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    Number((i % shape[1]) - Math.floor(i / shape[1]) === k),
  );
  const kind = call.has("dtype") ? (numberKind(call.number("dtype", 1)) ?? "real") : call.value(0).kind;
  return { tensor: f.constant(values, shape), kind };
}

function constant(call: Call): Value {
  const tensor = constantOf(call.node);
  if (tensor === undefined) throw new Error("it holds no numbers");
  return { tensor: f.constant(tensorValues(tensor), tensor.shape), kind: tensor.kind };
}

/** The branch that a condition chooses. The condition must be constant. */
function branch(call: Call): readonly Value[] {
  const [truth] = call.numbers(0);
  return call.around.branch(call.graph(truth ? "then_branch" : "else_branch"));
}

export const shapeRules: Readonly<Record<string, Rule>> = {
  Shape: shapeOf,
  Size: (call) => whole([sizeOf(call.tensor(0).shape)], []),
  ConstantOfShape: constantOfShape,
  Constant: constant,
  Range: range,
  EyeLike: eyeLike,
  If: branch,
};
