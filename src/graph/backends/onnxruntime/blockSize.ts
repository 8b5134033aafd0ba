import type * as Runtime from "onnxruntime-node";

let known: Promise<number | undefined> | undefined;

/**
 * The number of channels per block in ONNX Runtime's blocked convolution kernels on this processor (16 with AVX-512, 8
 * with AVX). It is found by testing where they put a value; undefined when the kernels are missing. Determined once per
 * process.
 */
export function blockSize(runtime: typeof Runtime): Promise<number | undefined> {
  known ??= probe(runtime);
  return known;
}

async function probe({ InferenceSession, Tensor }: typeof Runtime): Promise<number | undefined> {
  const { onnx } = (await import("onnx-proto")).default;
  const channels = 64;
  const shape = { dim: [1, channels, 1, 2].map((dimValue) => ({ dimValue })) };
  const model = onnx.ModelProto.create({
    irVersion: 8,
    opsetImport: [
      { domain: "", version: 18 },
      { domain: "com.microsoft.nchwc", version: 1 },
    ],
    graph: {
      name: "probe",
      node: [
        onnx.NodeProto.create({ opType: "ReorderInput", domain: "com.microsoft.nchwc", input: ["x"], output: ["y"] }),
      ],
      input: [{ name: "x", type: { tensorType: { elemType: onnx.TensorProto.DataType.FLOAT, shape } } }],
      output: [{ name: "y" }],
    },
  });
  try {
    const session = await InferenceSession.create(onnx.ModelProto.encode(model).finish(), {
      intraOpNumThreads: 1,
      logSeverityLevel: 4,
    });
    const x = new Tensor(
      "float32",
      Float32Array.from({ length: 2 * channels }, (_, i) => i),
      [1, channels, 1, 2],
    );
    const { y } = await session.run({ x });
    await session.release();
    // [1, 64, 1, 2] → [1, 64 / B, 1, 2, B]: the second pixel of the first channel comes after B channels of the first.
    const block = (y.data as Float32Array).indexOf(1);
    return block > 1 && channels % block === 0 ? block : undefined;
  } catch {
    return undefined;
  }
}
