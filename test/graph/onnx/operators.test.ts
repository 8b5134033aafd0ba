import assert from "node:assert/strict";
import { test } from "node:test";
import { Tensor as Fed, InferenceSession } from "onnxruntime-node";
import { gradient } from "../../../src/graph/differentiate.js";
import { constant, input, mul, sum } from "../../../src/graph/functions.js";
import { readOnnx } from "../../../src/graph/onnx/readOnnx.js";
import { translate } from "../../../src/graph/onnx/translate.js";
import type { Value } from "../../../src/graph/onnx/value.js";
import { randomStream } from "../../../src/linalg/random.js";
import { run } from "../run.js";
import { type Attribute, modelFile, type Typed } from "./modelFile.js";

interface Case {
  op: string;
  /** Shapes of inputs that are fed, or their whole numbers or other given values. */
  inputs: readonly (readonly number[] | Typed | undefined)[];
  attributes?: Readonly<Record<string, Attribute>>;
  opset?: number;
  outputs?: number;
  /** Fed values lie above this. */
  above?: number;
  /** Has the derivative 0 or none. */
  flat?: boolean;
}

const ints = (...values: number[]): Typed => ({ shape: [values.length], values, type: "int64" });
const scalar = (value: number): Typed => ({ shape: [], values: [value] });
const float = (float: number) => ({ float });
const image = [2, 3, 5, 4];

const cases: Case[] = [
  ...["Add", "Sub", "Mul", "Max", "Min", "PRelu"].map((op) => ({
    op,
    inputs: [
      [2, 3, 4],
      [3, 1],
    ],
  })),
  { op: "Div", inputs: [[2, 3], [3]], above: 0.5 },
  { op: "Pow", inputs: [[2, 3], scalar(3)] },
  { op: "Pow", inputs: [[2, 3], [3]], above: 0.5 },
  { op: "Mean", inputs: [[2, 3], [3], [2, 3]] },
  ...["Neg", "Abs", "Exp", "Sin", "Cos", "Tan", "Sinh", "Cosh", "Tanh", "Erf", "Sigmoid", "Relu", "Softplus"].map(
    (op) => ({
      op,
      inputs: [[3, 4]],
    }),
  ),
  ...["Softsign", "HardSwish", "Mish", "Asinh"].map((op) => ({ op, inputs: [[3, 4]], opset: 18 })),
  ...["Sqrt", "Log", "Reciprocal"].map((op) => ({ op, inputs: [[3, 4]], above: 0.2 })),
  { op: "Acosh", inputs: [[3, 4]], above: 1.1 },
  { op: "LeakyRelu", inputs: [[3, 4]], attributes: { alpha: float(0.1) } },
  { op: "Elu", inputs: [[3, 4]], attributes: { alpha: float(0.7) } },
  { op: "Celu", inputs: [[3, 4]], attributes: { alpha: float(0.7) } },
  { op: "Selu", inputs: [[3, 4]] },
  { op: "HardSigmoid", inputs: [[3, 4]], attributes: { alpha: float(0.25) } },
  { op: "ThresholdedRelu", inputs: [[3, 4]], attributes: { alpha: float(0.3) } },
  { op: "Shrink", inputs: [[3, 4]], attributes: { lambd: float(0.3), bias: float(0.1) } },
  { op: "Gelu", inputs: [[3, 4]], opset: 20 },
  { op: "Gelu", inputs: [[3, 4]], opset: 20, attributes: { approximate: "tanh" } },
  { op: "Clip", inputs: [[3, 4], scalar(-0.5), scalar(0.4)] },
  { op: "Clip", inputs: [[3, 4], undefined, scalar(0.4)] },
  { op: "Sign", inputs: [[3, 4]], flat: true },
  { op: "Softmax", inputs: [[2, 3, 4]], attributes: { axis: 1 } },
  { op: "Softmax", inputs: [[2, 3, 4]], opset: 11 },
  { op: "LogSoftmax", inputs: [[2, 3, 4]] },
  { op: "Reshape", inputs: [[2, 3, 4], ints(0, -1)] },
  { op: "Flatten", inputs: [[2, 3, 4]], attributes: { axis: 2 } },
  { op: "Squeeze", inputs: [[2, 1, 4], ints(1)] },
  { op: "Unsqueeze", inputs: [[2, 4], ints(0, -1)] },
  { op: "Transpose", inputs: [[2, 3, 4]], attributes: { perm: [2, 0, 1] } },
  { op: "Expand", inputs: [[2, 1, 4], ints(3, 1, 3, 1)] },
  { op: "Tile", inputs: [[2, 3], ints(2, 2)] },
  {
    op: "Concat",
    inputs: [
      [2, 3],
      [2, 1],
    ],
    attributes: { axis: -1 },
  },
  { op: "Slice", inputs: [[5, 6], ints(1, -1), ints(4, -7), ints(0, 1), ints(2, -2)] },
  { op: "Split", inputs: [[6, 2], ints(2, 4)], outputs: 2 },
  { op: "Pad", inputs: [[3, 4], ints(1, -1, 2, 1), scalar(0.5)] },
  { op: "Pad", inputs: [[3, 4], ints(1, 2, 2, 1)], attributes: { mode: "reflect" } },
  { op: "Pad", inputs: [[3, 4], ints(1, 2, 2, 1)], attributes: { mode: "edge" } },
  { op: "DepthToSpace", inputs: [[1, 8, 2, 3]], attributes: { blocksize: 2 } },
  { op: "DepthToSpace", inputs: [[1, 8, 2, 3]], attributes: { blocksize: 2, mode: "CRD" } },
  { op: "SpaceToDepth", inputs: [[1, 2, 4, 6]], attributes: { blocksize: 2 } },
  {
    op: "Gather",
    inputs: [[4, 3, 2], { shape: [2, 2], values: [0, -1, 2, 2], type: "int64" }],
    attributes: { axis: 1 },
  },
  { op: "GatherElements", inputs: [[3, 4], { shape: [2, 4], values: [0, 1, 2, 0, -1, 1, 1, 2], type: "int64" }] },
  { op: "GatherND", inputs: [[3, 4, 2], { shape: [2, 2], values: [0, 1, 2, -1], type: "int64" }] },
  { op: "ScatterND", inputs: [[4, 3], { shape: [2, 1], values: [1, 3], type: "int64" }, [2, 3]] },
  { op: "ScatterElements", inputs: [[3, 4], { shape: [1, 4], values: [0, 2, 1, 0], type: "int64" }, [1, 4]] },
  { op: "Trilu", inputs: [[4, 4]], attributes: { upper: 0 } },
  { op: "Trilu", inputs: [[3, 4], { shape: [], values: [1], type: "int64" }] },
  {
    op: "CumSum",
    inputs: [[3, 4], { shape: [], values: [1], type: "int64" }],
    attributes: { exclusive: 1, reverse: 1 },
  },
  ...[
    "ReduceMean",
    "ReduceMax",
    "ReduceMin",
    "ReduceL1",
    "ReduceL2",
    "ReduceSumSquare",
    "ReduceLogSumExp",
    "ReduceProd",
  ].map((op) => ({ op, inputs: [[2, 3, 4]], attributes: { axes: [-1, 0] as number[], keepdims: 0 } })),
  { op: "ReduceSum", inputs: [[2, 3, 4], ints(1)] },
  {
    op: "MatMul",
    inputs: [
      [2, 3, 4],
      [4, 5],
    ],
  },
  { op: "MatMul", inputs: [[4], [2, 4, 5]] },
  { op: "MatMul", inputs: [[3, 4], [4]] },
  {
    op: "Gemm",
    inputs: [[4, 3], [5, 4], [5]],
    attributes: { transA: 1, transB: 1, alpha: float(0.5), beta: float(2) },
  },
  {
    op: "Einsum",
    inputs: [
      [2, 3, 4],
      [2, 5, 4],
    ],
    attributes: { equation: "bid,bjd->bij" },
  },
  {
    op: "Einsum",
    inputs: [
      [2, 3, 4],
      [4, 5],
    ],
    attributes: { equation: "...d,dk->...k" },
  },
  { op: "Einsum", inputs: [[2, 3, 4], [3, 4], [2]], attributes: { equation: "abc,bc,a->c" } },
  { op: "Conv", inputs: [image, [4, 3, 3, 2], [4]], attributes: { pads: [1, 0, 0, 1], strides: [2, 2] } },
  { op: "Conv", inputs: [image, [6, 1, 3, 3]], attributes: { group: 3, strides: [1, 2], pads: [1, 1, 1, 1] } },
  { op: "Conv", inputs: [image, [2, 3, 2, 2]], attributes: { dilations: [2, 1], pads: [1, 0, 1, 1] } },
  { op: "Conv", inputs: [image, [2, 3, 2, 2]], attributes: { strides: [2, 2], auto_pad: "SAME_LOWER" } },
  { op: "Conv", inputs: [[2, 3, 7], [4, 3, 3], [4]], attributes: { strides: [2], pads: [1, 1] } },
  { op: "ConvTranspose", inputs: [image, [3, 2, 2, 2], [2]], attributes: { strides: [2, 2] } },
  {
    op: "ConvTranspose",
    inputs: [image, [3, 2, 3, 3]],
    attributes: { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
  },
  {
    op: "ConvTranspose",
    inputs: [
      [2, 3, 5],
      [3, 2, 4],
    ],
    attributes: { strides: [2], pads: [1, 1] },
  },
  {
    op: "ConvTranspose",
    inputs: [
      [1, 4, 3, 3],
      [4, 1, 3, 3],
    ],
    attributes: { group: 2, dilations: [2, 2] },
  },
  { op: "MaxPool", inputs: [image], attributes: { kernel_shape: [2, 3], strides: [2, 1], pads: [1, 1, 0, 1] } },
  { op: "MaxPool", inputs: [image], attributes: { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 } },
  { op: "MaxPool", inputs: [[1, 2, 7]], attributes: { kernel_shape: [3], strides: [2] } },
  { op: "AveragePool", inputs: [image], attributes: { kernel_shape: [2, 2], pads: [1, 1, 1, 1] } },
  {
    op: "AveragePool",
    inputs: [image],
    attributes: { kernel_shape: [3, 2], pads: [1, 0, 1, 1], count_include_pad: 1 },
  },
  { op: "GlobalAveragePool", inputs: [image] },
  { op: "GlobalMaxPool", inputs: [image] },
  { op: "LayerNormalization", inputs: [[2, 3, 4], [4], [4]] },
  { op: "InstanceNormalization", inputs: [image, [3], [3]] },
  { op: "LpNormalization", inputs: [[2, 3, 4]], attributes: { axis: 1, p: 2 } },
  { op: "LRN", inputs: [image], attributes: { size: 3 } },
  ...["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"].flatMap((mode): Case[] => [
    {
      op: "Resize",
      inputs: [image, undefined, undefined, ints(2, 3, 9, 8)],
      attributes: { mode: "linear", coordinate_transformation_mode: mode },
    },
    {
      op: "Resize",
      inputs: [image, undefined, { shape: [4], values: [1, 1, 2, 1.5] }],
      attributes: { mode: "nearest", coordinate_transformation_mode: mode, nearest_mode: "floor" },
    },
  ]),
  {
    op: "Resize",
    inputs: [image, undefined, undefined, ints(2, 3, 9, 8)],
    attributes: { mode: "cubic", cubic_coeff_a: float(-0.5) },
  },
  {
    op: "LSTM",
    inputs: [
      [4, 2, 3],
      [1, 20, 3],
      [1, 20, 5],
      [1, 40],
    ],
    attributes: { hidden_size: 5 },
    outputs: 3,
  },
  {
    op: "LSTM",
    inputs: [
      [4, 2, 3],
      [2, 20, 3],
      [2, 20, 5],
      [2, 40],
    ],
    attributes: { hidden_size: 5, direction: "bidirectional" },
    outputs: 3,
  },
  {
    op: "GRU",
    inputs: [
      [4, 2, 3],
      [1, 15, 3],
      [1, 15, 5],
      [1, 30],
    ],
    attributes: { hidden_size: 5, linear_before_reset: 1 },
    outputs: 2,
  },
  {
    op: "GRU",
    inputs: [
      [4, 2, 3],
      [1, 15, 3],
      [1, 15, 5],
      [1, 30],
    ],
    attributes: { hidden_size: 5, direction: "reverse" },
    outputs: 2,
  },
  {
    op: "RNN",
    inputs: [
      [4, 2, 3],
      [1, 5, 3],
      [1, 5, 5],
      [1, 10],
    ],
    attributes: { hidden_size: 5 },
    outputs: 2,
  },
];

for (const [i, own] of cases.entries()) {
  const shapes = own.inputs.map((of) => (of === undefined ? "-" : `[${"shape" in of ? of.values : of}]`)).join(" ");
  test(`${own.op} ${shapes} ${JSON.stringify(own.attributes ?? {})} is as in ONNX Runtime, and has its derivative`, async () => {
    const { feeds, bytes, open, given } = prepared(own, i);
    const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
    const fed = Object.entries(feeds).map(([name, { shape, values }]) => [
      name,
      new Fed("float32", Float32Array.from(values), [...shape]),
    ]);
    const expected = await session.run(Object.fromEntries(fed));
    await session.release();
    const file = readOnnx(bytes, "case", () => new Uint8Array());
    const results = translate({ ...file.graph, constants: file.graph.constants }, given(file), {
      opset: file.opset,
      statistics: () => assert.fail("no batch norm"),
    });
    const outputs = Object.fromEntries(results.map(({ tensor }, k) => [`y${k}`, tensor]));
    const numbers = Object.fromEntries(Object.entries(feeds).map(([name, { values }]) => [name, values]));
    const found = await run({ inputs: open, outputs }, numbers);
    for (const [k, { tensor }] of results.entries()) {
      const { data, dims } = expected[`y${k}`];
      assert.deepEqual([...tensor.shape], [...dims]);
      assertClose(found[`y${k}`], data as Float32Array, 2e-5);
    }
    if (!own.flat) await assertDerivative(results[0], open, numbers);
  });
}

/** The model of a case: fed inputs are real, the others initializers. */
function prepared(own: Case, seed: number) {
  const random = randomStream(seed, "case");
  const names = own.inputs.map((of, i) => (of === undefined ? "" : `x${i}`));
  const draw = () => (own.above === undefined ? 2 * random.uniform() - 1 : own.above + random.uniform());
  const feeds: Record<string, { shape: readonly number[]; values: Float64Array }> = {};
  const initializers: Record<string, Typed> = {};
  for (const [i, of] of own.inputs.entries()) {
    if (of === undefined) continue;
    if ("shape" in of) initializers[names[i]] = of;
    else {
      const length = of.reduce((product, n) => product * n, 1);
      feeds[names[i]] = { shape: of, values: Float64Array.from({ length }, () => Math.fround(draw())) };
    }
  }
  const outputs = Array.from({ length: own.outputs ?? 1 }, (_, k) => `y${k}`);
  const { op, attributes, opset } = own;
  const inputs = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, { shape }]));
  const bytes = modelFile({
    nodes: [{ op, inputs: names, outputs, attributes }],
    inputs,
    initializers,
    outputs,
    opset,
  });
  const open = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, input(name, shape)]));
  const given = (file: ReturnType<typeof readOnnx>) => {
    const values = new Map<string, Value>();
    for (const [name, tensor] of Object.entries(open)) values.set(name, { tensor, kind: "real" });
    for (const [name, tensor] of file.initializers) values.set(name, constantValue(tensor));
    return values;
  };
  return { feeds, bytes, open, given };
}

function constantValue({
  kind,
  shape,
  values,
}: {
  kind: Value["kind"];
  shape: readonly number[];
  values(): Float64Array;
}): Value {
  return { tensor: constant(values(), shape), kind };
}

function assertClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++) {
    assert.ok(Math.abs(found[i] - expected[i]) <= tolerance * scale, `at ${i}: ${found[i]}; expected ${expected[i]}`);
  }
}

/** The gradient of a random projection of the first result, along one random direction, by central differences. */
async function assertDerivative(
  { tensor }: Value,
  open: Readonly<Record<string, ReturnType<typeof input>>>,
  values: Readonly<Record<string, Float64Array>>,
): Promise<void> {
  const random = randomStream(7, "direction");
  const weights = constant(
    Float64Array.from({ length: tensor.shape.reduce((a, b) => a * b, 1) }, random.normal),
    tensor.shape,
  );
  const projection = sum(mul(tensor, weights));
  const names = Object.keys(open);
  const slopes = gradient(projection, Object.values(open));
  const direction = Object.fromEntries(names.map((name) => [name, values[name].map(() => random.normal())]));
  const at = async (step: number) => {
    const moved = names.map((name) => [name, values[name].map((x, i) => x + step * direction[name][i])]);
    return (await run({ inputs: open, outputs: { value: projection } }, Object.fromEntries(moved))).value[0];
  };
  const outputs = Object.fromEntries(slopes.map((slope, i) => [`d ${names[i]}`, slope]));
  const found = await run({ inputs: open, outputs }, values);
  const slope = names.reduce(
    (total, name) => total + found[`d ${name}`].reduce((own, x, i) => own + x * direction[name][i], 0),
    0,
  );
  const step = 1e-6;
  const expected = ((await at(step)) - (await at(-step))) / (2 * step);
  assert.ok(
    Math.abs(slope - expected) <= 1e-5 * Math.max(1, Math.abs(expected)),
    `slope ${slope}; expected ${expected}`,
  );
}
