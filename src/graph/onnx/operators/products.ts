/** Matrix products: MatMul, Gemm, Einsum. */
import * as f from "../../functions.js";
import { sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import type { Call, Rule } from "../call.js";
import { real, type Value } from "../value.js";

/** NumPy's matmul: a vector on the left is a row, on the right a column, and that axis is removed again. */
function matrixProduct(a: Tensor, b: Tensor): Tensor {
  const left = a.shape.length === 1 ? f.reshape(a, [1, a.shape[0]]) : a;
  const right = b.shape.length === 1 ? f.reshape(b, [b.shape[0], 1]) : b;
  const product = flatProduct(left, right);
  if (left === a && right === b) return product;
  const shape = [...product.shape];
  if (right !== b) shape.pop();
  if (left !== a) shape.splice(right === b ? -2 : -1, 1);
  return f.reshape(product, shape);
}

/** The rows of all samples times one matrix are a single product. */
function flatProduct(a: Tensor, b: Tensor): Tensor {
  if (b.shape.length !== 2 || a.shape.length <= 2) return f.matmul(a, b);
  const [inner] = a.shape.slice(-1);
  const rows = f.reshape(a, [sizeOf(a.shape) / inner, inner]);
  return f.reshape(f.matmul(rows, b), [...a.shape.slice(0, -1), b.shape[1]]);
}

function gemm(call: Call): Value {
  const product = f.matmul(call.tensor(0), call.tensor(1), {
    transposeA: call.number("transA", 0) === 1,
    transposeB: call.number("transB", 0) === 1,
  });
  const scaled = f.mul(call.number("alpha", 1), product);
  const constant = call.optional(2);
  return real(constant ? f.add(scaled, f.mul(call.number("beta", 1), constant.tensor)) : scaled);
}

function fusedMatMul(call: Call): Value {
  const product = f.matmul(call.tensor(0), call.tensor(1), {
    transposeA: call.number("transA", 0) === 1,
    transposeB: call.number("transB", 0) === 1,
  });
  return real(f.mul(call.number("alpha", 1), product));
}

/** A tensor with a letter for each axis. */
interface Lettered {
  tensor: Tensor;
  letters: readonly string[];
}

/** Einsum by pairs from the left. "…" stands for leading axes of all operands. */
function einsum(call: Call): Value {
  const equation = call.text("equation", "").replace(/\s/g, "");
  const [left, right] = equation.split("->");
  const terms = left.split(",");
  const tensors = call.all().map(({ tensor }) => tensor);
  if (terms.length !== tensors.length) throw new Error(`its equation "${equation}" has ${terms.length} operands`);
  const operands: Lettered[] = terms.map((term, i) => ({
    tensor: tensors[i],
    letters: lettersOf(term, tensors[i].shape.length),
  }));
  const wide = operands.flatMap(({ letters }) => letters.filter((letter) => letter.startsWith("…")));
  const ellipsis = [...new Set(wide)].sort();
  const wanted = right === undefined ? implied(operands, ellipsis) : expanded(right, ellipsis);
  const [first, ...rest] = operands;
  const result = rest.reduce((total, next, i) => {
    const needed = new Set([...wanted, ...rest.slice(i + 1).flatMap(({ letters }) => letters)]);
    return contract(total, next, needed);
  }, first);
  return real(arranged(summed(result, new Set(wanted)), wanted));
}

/** The letters of a term. Those of an ellipsis are counted from the right. */
function lettersOf(term: string, rank: number): string[] {
  const own = term.replace("...", "").length;
  const wide = rank - own;
  const names = Array.from({ length: wide }, (_, i) => `…${String(99 - wide + i)}`);
  const letters = expanded(term, names);
  if (letters.length !== rank) throw new Error(`the term "${term}" does not fit a tensor of ${rank} axes`);
  if (new Set(letters).size !== letters.length) throw new Error(`the term "${term}" takes a diagonal`);
  return letters;
}

function expanded(term: string, ellipsis: readonly string[]): string[] {
  const [front, back] = term.split("...");
  return back === undefined ? [...front] : [...front, ...ellipsis, ...back];
}

/** Without "->": letters that occur once, in alphabetical order. */
function implied(operands: readonly Lettered[], ellipsis: readonly string[]): string[] {
  const all = operands.flatMap(({ letters }) => letters).filter((letter) => !letter.startsWith("…"));
  return [...ellipsis, ...all.filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter)).sort()];
}

/** Sums over the letters that are not needed. */
function summed({ tensor, letters }: Lettered, needed: ReadonlySet<string>): Lettered {
  const axes = letters.flatMap((letter, axis) => (needed.has(letter) ? [] : [axis]));
  if (axes.length === 0) return { tensor, letters };
  return { tensor: f.sum(tensor, axes), letters: letters.filter((letter) => needed.has(letter)) };
}

/** The axes in another order. Missing letters get an axis of length 1. */
function arranged({ tensor, letters }: Lettered, order: readonly string[]): Tensor {
  const there = order.filter((letter) => letters.includes(letter));
  const moved = f.transpose(
    tensor,
    there.map((letter) => letters.indexOf(letter)),
  );
  let next = 0;
  return f.reshape(
    moved,
    order.map((letter) => (letters.includes(letter) ? moved.shape[next++] : 1)),
  );
}

/** Two operands as a batch of matrix products. */
function contract(first: Lettered, second: Lettered, needed: ReadonlySet<string>): Lettered {
  const a = summed(first, new Set([...needed, ...second.letters]));
  const b = summed(second, new Set([...needed, ...first.letters]));
  const shared = a.letters.filter((letter) => b.letters.includes(letter));
  const batch = shared.filter((letter) => needed.has(letter));
  const inner = shared.filter((letter) => !needed.has(letter));
  const rows = a.letters.filter((letter) => !shared.includes(letter));
  const columns = b.letters.filter((letter) => !shared.includes(letter));
  const length = (letter: string) =>
    Math.max(...[a, b].map((own) => own.tensor.shape[own.letters.indexOf(letter)] ?? 1));
  const lengths = (letters: readonly string[]) => letters.map(length);
  const stretched = (own: Lettered, letters: readonly string[]) => f.expand(arranged(own, letters), lengths(letters));
  const size = (letters: readonly string[]) => sizeOf(lengths(letters));
  const left = f.reshape(stretched(a, [...batch, ...rows, ...inner]), [...lengths(batch), size(rows), size(inner)]);
  const right = f.reshape(stretched(b, [...batch, ...inner, ...columns]), [
    ...lengths(batch),
    size(inner),
    size(columns),
  ]);
  const letters = [...batch, ...rows, ...columns];
  return { tensor: f.reshape(f.matmul(left, right), lengths(letters)), letters };
}

export const productRules: Readonly<Record<string, Rule>> = {
  MatMul: (call) => ({ tensor: matrixProduct(call.tensor(0), call.tensor(1)), kind: call.value(0).kind }),
  FusedMatMul: fusedMatMul,
  Gemm: gemm,
  Einsum: einsum,
};
