import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../src/linalg/random.js";
import { instantiate } from "../../src/linalg/webAssembly.js";

const { normal } = randomStream(0, "kernels");

test("a tile of a product is the sum over the inner index in order, bit for bit", () => {
  const inner = 6;
  const [rows, columns] = [8, 12];
  const entries = rows * inner + inner * columns + rows * columns;
  const { buffer, run } = instantiate<(...at: number[]) => void>("multiplyTiles", 8 * entries);
  const a = new Float64Array(buffer, 0, rows * inner).map(normal);
  const b = new Float64Array(buffer, 8 * a.length, inner * columns).map(normal);
  const memory = new Float64Array(buffer, 0, entries);
  memory.set(a);
  memory.set(b, a.length);
  const c = 8 * (a.length + b.length);
  run(0, 8 * a.length, 8 * a.length, c, c, 8 * 4 * inner);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        sum += a[(i >> 2) * 4 * inner + 4 * k + (i & 3)] * b[(j >> 2) * 4 * inner + 4 * k + (j & 3)];
      }
      const tile = (i >> 2) * (columns >> 2) + (j >> 2);
      assert.equal(memory[c / 8 + 16 * tile + 4 * (i & 3) + (j & 3)], sum);
    }
  }
});

/** The kernel `reflect` in plain loops: sums over pairs keep two partial sums, of even and odd places. */
function reflect(band: Float64Array, corner: number, v: Float64Array, left: number, factor: number): void {
  const [width, down] = [48, 97];
  const all = Array.from({ length: width }, (_, i) => i);
  for (let column = left; column < corner; column++) {
    let sum = 0;
    for (const i of all) sum += v[i] * band[column + i * down];
    for (const i of all) band[column + i * down] -= v[i] * (sum * factor);
  }
  const image = new Float64Array(width);
  for (const i of all) {
    const sums = [0, 0];
    for (let j = 0; j < 2 * Math.floor(i / 2 + 1); j++) {
      const entry = band[corner + i * down + j];
      sums[j % 2] += entry * v[j];
      image[j] += entry * v[i];
    }
    image[i] = image[i] + (sums[0] + sums[1]) - band[corner + i * down + i] * v[i];
  }
  const sums = [0, 0];
  for (const j of all) sums[j % 2] += v[j] * image[j];
  const ofV = (sums[0] + sums[1]) * factor * factor * 0.5;
  const w = image.map((entry, j) => entry * factor - v[j] * ofV);
  for (const i of all) {
    for (let j = 0; j <= i; j++) band[corner + i * down + j] -= v[i] * w[j] + w[i] * v[j];
    band[corner + i * down + i + 1] = 0;
  }
  for (const i of all) {
    const row = corner + (width + i) * down;
    const four = [0, 0, 0, 0];
    for (const j of all) four[j % 4] += band[row + j] * v[j];
    const along = (four[0] + four[1] + (four[2] + four[3])) * factor;
    for (const j of all) band[row + j] -= along * v[j];
  }
}

test("a reflection of a band has the bits of plain loops", () => {
  const [width, stride, rows] = [48, 98, 200];
  const entries = rows * stride + 2 * width;
  const { buffer, run } = instantiate<(...at: number[]) => void>("reflect", 8 * entries);
  const memory = new Float64Array(buffer, 0, entries);
  for (let i = 0; i < rows; i++) for (let j = 0; j < stride - 1; j++) memory[i * stride + j] = normal();
  const v = memory.subarray(rows * stride, rows * stride + width).map(normal);
  memory.set(v, rows * stride);
  const corner = 50 * stride + 2 * width;
  for (const left of [corner, corner - width]) {
    const expected = memory.slice();
    reflect(expected, corner, v, left, 0.3);
    run(8 * corner, 8 * rows * stride, 8 * (rows * stride + width), 8 * left, 0.3);
    assert.deepEqual(memory.subarray(0, rows * stride), expected.subarray(0, rows * stride));
  }
});
