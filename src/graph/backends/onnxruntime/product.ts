import type * as Runtime from "onnxruntime-node";
import { type AddProduct, addProduct, type MatrixView, turned } from "../../../linalg/matrixProduct.js";
import { mirror } from "../../../linalg/mirror.js";

/** Rows, columns and inner indices of a block. */
const BLOCK = 512;
/** Products with fewer multiplications are faster here than the transfer to the backend. */
const LEAST_WORK = 2 ** 19;
/** A constant, because the last bits of sums may depend on it. */
const THREADS = 2;

/** Lines side by side: [lines, depth], or transposed, [depth, lines]. */
interface Block {
  values: Float64Array;
  isTurned: boolean;
}

/**
 * `addProduct` by ONNX Runtime on two threads: several times as fast, with different last bits. Products are computed
 * one at a time; others wait.
 *
 * @param options of its sessions.
 */
export async function onnxruntimeProduct(
  runtime: typeof Runtime,
  options: Runtime.InferenceSession.SessionOptions,
): Promise<AddProduct> {
  const multiply = await multiplication(runtime, { ...options, intraOpNumThreads: THREADS });
  const [spaceA, spaceB, spaceC] = Array.from({ length: 3 }, () => new Float64Array(BLOCK * BLOCK));

  const add = async (...[alpha, a, b, c, { rows, columns, inner }, { lower = false } = {}]: Parameters<AddProduct>) => {
    const across = turned(b);
    for (let i = 0; i < rows; i += BLOCK) {
      const height = Math.min(BLOCK, rows - i);
      for (let k = 0; k < inner; k += BLOCK) {
        const depth = Math.min(BLOCK, inner - k);
        const left = blockOf(a, i, height, k, depth, spaceA);
        for (let j = 0; j < columns && !(lower && j >= i + BLOCK); j += BLOCK) {
          const width = Math.min(BLOCK, columns - j);
          const right = blockOf(across, j, width, k, depth, spaceB);
          const product = spaceC.subarray(0, height * width);
          await multiply(left, right, product, { rows: height, columns: width, inner: depth });
          addBlock(alpha, product, c, i, j, height, width, lower && i === j);
        }
      }
    }
  };

  let last: Promise<void> = Promise.resolve();
  return (...product) => {
    const { rows, columns, inner } = product[4];
    if (rows * columns * inner < LEAST_WORK) return addProduct(...product);
    const own = last.then(() => add(...product));
    last = own.catch(() => {});
    return own;
  };
}

/** ABᵀ of blocks. */
async function multiplication(
  { InferenceSession, Tensor }: typeof Runtime,
  options: Runtime.InferenceSession.SessionOptions,
) {
  const { onnx } = (await import("onnx-proto")).default;
  const matrix = (name: string) => ({
    name,
    type: {
      tensorType: {
        elemType: onnx.TensorProto.DataType.DOUBLE,
        shape: { dim: [{ dimParam: `${name}0` }, { dimParam: `${name}1` }] },
      },
    },
  });
  const session = (transA: number, transB: number) => {
    const attribute = Object.entries({ transA, transB }).map(([name, i]) => ({
      name,
      type: onnx.AttributeProto.AttributeType.INT,
      i,
    }));
    const model = onnx.ModelProto.create({
      irVersion: 8,
      opsetImport: [{ domain: "", version: 18 }],
      graph: {
        name: "product",
        node: [onnx.NodeProto.create({ opType: "Gemm", input: ["a", "b"], output: ["c"], attribute })],
        input: [matrix("a"), matrix("b")],
        output: [matrix("c")],
      },
    });
    return InferenceSession.create(onnx.ModelProto.encode(model).finish(), options);
  };
  const sessions = [
    [await session(0, 1), await session(0, 0)],
    [await session(1, 1), await session(1, 0)],
  ];
  const tensor = ({ values, isTurned }: Block, lines: number, depth: number) =>
    new Tensor("float64", values, isTurned ? [depth, lines] : [lines, depth]);

  return async (a: Block, b: Block, c: Float64Array, { rows, columns, inner }: Parameters<AddProduct>[4]) => {
    await sessions[Number(a.isTurned)][Number(b.isTurned)].run(
      { a: tensor(a, rows, inner), b: tensor(b, columns, inner) },
      { c: new Tensor("float64", c, [rows, columns]) },
    );
  };
}

/** Rows i … i + lines − 1 of columns k … k + depth − 1. They are copied to `space` unless they are contiguous. */
function blockOf(matrix: MatrixView, i: number, lines: number, k: number, depth: number, space: Float64Array): Block {
  const { data, offset, rowStride, columnStride, symmetric } = matrix;
  const first = offset + i * rowStride + k * columnStride;
  if (symmetric && k === i) {
    const block = space.subarray(0, lines * depth);
    for (let r = 0; r < lines; r++) {
      const [from, to] = [first + r * rowStride, r * depth];
      for (let s = 0; s <= r; s++) block[to + s] = data[from + s * columnStride];
    }
    mirror(block, lines);
    return { values: block, isTurned: false };
  }
  if (symmetric && k > i) return turnedBlock(blockOf({ ...matrix, symmetric: false }, k, depth, i, lines, space));
  if (columnStride !== 1 && rowStride === 1) return turnedBlock(blockOf(turned(matrix), k, depth, i, lines, space));
  if (columnStride === 1 && rowStride === depth) {
    return { values: data.subarray(first, first + lines * depth), isTurned: false };
  }
  for (let r = 0; r < lines; r++) {
    const from = first + r * rowStride;
    if (columnStride === 1) space.set(data.subarray(from, from + depth), r * depth);
    else for (let s = 0; s < depth; s++) space[r * depth + s] = data[from + s * columnStride];
  }
  return { values: space.subarray(0, lines * depth), isTurned: false };
}

const turnedBlock = ({ values, isTurned }: Block): Block => ({ values, isTurned: !isTurned });

/** Adds α · the block, or its lower triangle, to C; (top, leftmost) is its first entry. */
function addBlock(
  alpha: number,
  block: Float64Array,
  { data, offset, rowStride, columnStride }: MatrixView,
  top: number,
  leftmost: number,
  height: number,
  width: number,
  triangle: boolean,
): void {
  for (let r = 0; r < height; r++) {
    const first = offset + (top + r) * rowStride + leftmost * columnStride;
    const from = r * width;
    const count = triangle ? r + 1 : width;
    if (columnStride === 1) for (let s = 0; s < count; s++) data[first + s] += alpha * block[from + s];
    else for (let s = 0; s < count; s++) data[first + s * columnStride] += alpha * block[from + s];
  }
}
