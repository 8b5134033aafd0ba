/**
 * The protocol in plain Node, written from its page (stages/inputs/external.md) without the program's own frames: a
 * loss of two parameters, x⁴ + x·y + y². Its first argument says how it misbehaves.
 */
import { writeSync } from "node:fs";

const fault = process.argv[2] ?? "none";
const answers = process.argv[3]?.split(",") ?? ["loss", "gradient", "hvp"];
const combinations = process.argv[4] !== "points";
type Arrays = Record<string, { shape: number[]; values: number[] }>;

function npy(shape: number[], values: number[], dtype: string): Buffer {
  const wide = dtype === "f64";
  const fields = `{'descr': '<f${wide ? 8 : 4}', 'fortran_order': False, 'shape': (${shape.map((n) => `${n}, `).join("")}), }`;
  const text = fields.padEnd(117) + "\n";
  const body = Buffer.alloc(values.length * (wide ? 8 : 4));
  for (const [i, value] of values.entries()) wide ? body.writeDoubleLE(value, 8 * i) : body.writeFloatLE(value, 4 * i);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00\x76\x00", "latin1"), Buffer.from(text), body]);
}

function parsed(bytes: Buffer): { shape: number[]; values: number[] } {
  const length = bytes.readUInt16LE(8);
  const head = bytes.subarray(10, 10 + length).toString("latin1");
  const shape = [...(/'shape': \(([^)]*)\)/.exec(head)?.[1] ?? "").matchAll(/\d+/g)].map(Number);
  const body = bytes.subarray(10 + length);
  const wide = head.includes("<f8");
  const count = body.length / (wide ? 8 : 4);
  return {
    shape,
    values: Array.from({ length: count }, (_, i) => (wide ? body.readDoubleLE(8 * i) : body.readFloatLE(4 * i))),
  };
}

function frame(header: object, arrays: Arrays, dtype: string): Buffer {
  const json = Buffer.from(JSON.stringify({ ...header, arrays: Object.keys(arrays) }));
  const head = Buffer.alloc(8);
  head.write("CRQ1", "latin1");
  head.writeUInt32LE(json.length, 4);
  const parts = Object.values(arrays).flatMap(({ shape, values }) => {
    const file = npy(shape, values, dtype);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(file.length));
    return [length, file];
  });
  return Buffer.concat([head, json, ...parts]);
}

const loss = (x: number, y: number) => x ** 4 + x * y + y ** 2;
const rows = ({ shape: [count, width], values }: { shape: number[]; values: number[] }) =>
  Array.from({ length: count }, (_, i) => values.slice(i * width, (i + 1) * width));

let dtype = "f64";
let kept: Arrays = {};
let asked = 0;

function answer(request: { do: string; dtype?: string }, given: Arrays): Buffer {
  if (request.do === "hello") {
    dtype = request.dtype as string;
    const hello = {
      version: fault === "version" ? 2 : 1,
      dtype,
      layout: [{ name: "theta", shape: [1, 2] }],
      answers,
      columns: ["double"],
      batch: 3,
    };
    return frame({ ...hello, combinations }, { start: { shape: [2], values: [0.5, -0.25] } }, dtype);
  }
  if (request.do === "set") {
    kept = given;
    return frame({}, {}, dtype);
  }
  asked++;
  if (fault === "error") return frame({ error: "no such file: weights.bin" }, {}, dtype);
  if (fault === "text") return Buffer.from("epoch 1 of 10\n");
  if (fault === "dies" || (fault === "dies once" && asked === 3 && !process.env.CIRQUE_TEST_SECOND)) {
    writeSync(2, "Segmentation fault\n");
    process.exit(3);
  }
  if (request.do === "gradient") {
    const [[x, y]] = rows(given.points);
    const values = fault === "nan gradient" ? [Number.NaN, 0] : [4 * x ** 3 + y, x + 2 * y];
    return frame({}, { loss: { shape: [1], values: [loss(x, y)] }, gradient: { shape: [1, 2], values } }, dtype);
  }
  if (request.do === "hvp") {
    const [x] = given.point.values;
    const [[v, w]] = rows(given.vectors);
    return frame({}, { product: { shape: [1, 2], values: [12 * x * x * v + w, v + 2 * w] } }, dtype);
  }
  const points = given.points
    ? rows(given.points)
    : rows(given.coefficients).map((row) =>
        row.reduce(
          (at, c, k) => at.map((value, i) => value + c * kept.directions.values[2 * k + i]),
          kept.center.values,
        ),
      );
  const values = points.map(([x, y]) =>
    fault === "nan" ? Number.NaN : loss(x, y) + (fault === "random" ? Math.random() : 0),
  );
  const shape = [fault === "count" ? values.length + 1 : values.length];
  const column = { shape: [values.length], values: values.map((value) => 2 * value) };
  const told = { loss: { shape, values: fault === "count" ? [...values, 0] : values }, double: column };
  return frame({}, fault === "lacks" ? { double: column } : told, dtype);
}

let pending = Buffer.alloc(0);
function next(): { request: { do: string; dtype?: string }; arrays: Arrays } | undefined {
  if (pending.length < 8) return undefined;
  let at = 8 + pending.readUInt32LE(4);
  if (pending.length < at) return undefined;
  const request = JSON.parse(pending.subarray(8, at).toString());
  const arrays: Arrays = {};
  for (const name of request.arrays) {
    if (pending.length < at + 8) return undefined;
    const length = Number(pending.readBigUInt64LE(at));
    if (pending.length < at + 8 + length) return undefined;
    arrays[name] = parsed(pending.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  pending = pending.subarray(at);
  return { request, arrays };
}

process.stdin.on("data", (bytes: Buffer) => {
  pending = Buffer.concat([pending, bytes]);
  for (let found = next(); found; found = next()) {
    if (fault === "hangs" && found.request.do === "loss") return;
    const bytes = answer(found.request, found.arrays);
    if (fault === "half" && found.request.do === "loss") {
      writeSync(1, bytes.subarray(0, bytes.length - 10));
      process.exit(0);
    }
    process.stdout.write(bytes);
  }
});
