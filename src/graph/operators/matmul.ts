import { broadcastShapes, padRank, type Shape, sizeOf, stridesOf } from "../shape.js";
import { apply, type Operator, requireReal, type Tensor } from "../tensor.js";
import { expand, expandOperator, unbroadcast } from "./broadcast.js";
import { add } from "./elementwise.js";
import { swapLastTwo, transposeOperator } from "./movement.js";

export interface MatmulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * Matrix products over the last two axes; the axes before them broadcast. Each operand may be read transposed, so that
 * the derivatives of a product are products too, without copies.
 */
export const matmulOperator: Operator<MatmulAttributes> = {
  name: "matmul",
  infer(inputs, attributes) {
    requireReal("matmul", inputs);
    const { rows, columns, inner, batch } = dimensions(inputs, attributes);
    if (inner[0] !== inner[1])
      throw new RangeError(`${describe(inputs, attributes)}: ${inner[0]} columns meet ${inner[1]} rows`);
    return { shape: [...batch, rows, columns], type: "real" };
  },
  vjp({ inputs: [a, b], attributes: { transposeA, transposeB } }, cotangent, index) {
    if (index === 0) {
      const part = transposeA
        ? matmul(b, cotangent, { transposeA: transposeB, transposeB: true })
        : matmul(cotangent, b, { transposeB: !transposeB });
      return unbroadcast(part, a.shape);
    }
    const part = transposeB
      ? matmul(cotangent, a, { transposeA: true, transposeB: transposeA })
      : matmul(a, cotangent, { transposeA: !transposeA });
    return unbroadcast(part, b.shape);
  },
  jvp(node, [da, db]) {
    const [a, b] = node.inputs;
    const left = da && matmul(da, b, node.attributes);
    const right = db && matmul(a, db, node.attributes);
    return left && right ? add(left, right) : (left ?? right);
  },
  evaluate(node, [a, b]) {
    const { rows, columns, inner, batch } = dimensions(node.inputs, node.attributes);
    const { transposeA, transposeB } = node.attributes;
    const starts = node.inputs.map(({ shape }) => matrixStarts(shape, batch));
    const result = new Float64Array(sizeOf(node.shape));
    for (let m = 0; m < starts[0].length; m++) {
      const [startA, startB, startC] = [starts[0][m], starts[1][m], m * rows * columns];
      for (let i = 0; i < rows; i++) {
        for (let k = 0; k < inner[0]; k++) {
          const factor = a[startA + (transposeA ? k * rows + i : i * inner[0] + k)];
          const step = transposeB ? inner[0] : 1;
          let from = startB + (transposeB ? k : k * columns);
          for (let to = startC + i * columns; to < startC + (i + 1) * columns; to++, from += step) {
            result[to] += factor * b[from];
          }
        }
      }
    }
    return result;
  },
  onnx(node, [a, b], writer) {
    const { transposeA, transposeB } = node.attributes;
    if (!transposeA && !transposeB) return writer.node("MatMul", [a, b]);
    if (writer.fusedMatMul) {
      const flags = { transA: Number(transposeA), transB: Number(transposeB) };
      return writer.node("FusedMatMul", [a, b], flags, "com.microsoft");
    }
    const flip = (name: string, { shape }: Tensor) =>
      writer.node("Transpose", [name], { perm: swapLastTwo(shape.length) });
    const [left, right] = node.inputs;
    return writer.node("MatMul", [transposeA ? flip(a, left) : a, transposeB ? flip(b, right) : b]);
  },
};

/** op(a)·op(b), where op optionally transposes the last two axes. The axes before them broadcast. */
export function matmul(a: Tensor, b: Tensor, flags: Partial<MatmulAttributes> = {}): Tensor {
  const { transposeA = false, transposeB = false } = flags;
  if (isMatrixTranspose(a)) return matmul(a.inputs[0], b, { transposeA: !transposeA, transposeB });
  if (isMatrixTranspose(b)) return matmul(a, b.inputs[0], { transposeA, transposeB: !transposeB });
  const attributes = { transposeA, transposeB };
  const { shape } = matmulOperator.infer([a, b], attributes);
  // Equal rows of a give equal rows of the product, and equal columns of b give equal columns: compute one and repeat
  // it.
  const inputs = [withoutRepeats(a, transposeA ? -2 : -1), withoutRepeats(b, transposeB ? -1 : -2)];
  return expand(apply(matmulOperator, inputs, attributes), shape);
}

function isMatrixTranspose(x: Tensor): boolean {
  if (x.operator !== transposeOperator) return false;
  const { permutation } = x.attributes as { permutation: readonly number[] };
  return swapLastTwo(permutation.length).every((axis, i) => axis === permutation[i]);
}

/** An expanded tensor before its expansion, except along the axis that is summed over (counted from the end). */
function withoutRepeats(x: Tensor, summedAxis: number): Tensor {
  if (x.operator !== expandOperator) return x;
  const core = padRank(x.inputs[0].shape, x.shape.length);
  core[core.length + summedAxis] = x.shape[x.shape.length + summedAxis];
  return expand(x.inputs[0], core);
}

function dimensions(inputs: readonly Tensor[], attributes: MatmulAttributes) {
  const [a, b] = inputs.map(({ shape }) => shape);
  if (a.length < 2 || b.length < 2) throw new RangeError(`${describe(inputs, attributes)}: expected at least two axes`);
  const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
  if (!batch) throw new RangeError(`${describe(inputs, attributes)}: leading axes do not broadcast together`);
  const [rows, left] = attributes.transposeA ? [a.at(-1)!, a.at(-2)!] : [a.at(-2)!, a.at(-1)!];
  const [right, columns] = attributes.transposeB ? [b.at(-1)!, b.at(-2)!] : [b.at(-2)!, b.at(-1)!];
  return { rows, columns, inner: [left, right], batch };
}

function describe([a, b]: readonly Tensor[], { transposeA, transposeB }: MatmulAttributes): string {
  return `matmul: shapes [${a.shape}]${transposeA ? " transposed" : ""} and [${b.shape}]${transposeB ? " transposed" : ""}`;
}

/** The start of the operand's matrix for each element of the batch. */
function matrixStarts(shape: Shape, batch: Shape): number[] {
  const strides = stridesOf(shape).slice(0, -2);
  const own = padRank(shape.slice(0, -2), batch.length);
  const steps = [...new Array<number>(batch.length - strides.length).fill(0), ...strides];
  return Array.from({ length: sizeOf(batch) }, (_, index) => {
    let start = 0;
    for (let axis = batch.length - 1, rest = index; axis >= 0; axis--) {
      if (own[axis] !== 1) start += (rest % batch[axis]) * steps[axis];
      rest = Math.floor(rest / batch[axis]);
    }
    return start;
  });
}
