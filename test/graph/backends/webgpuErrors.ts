/**
 * A program of its own, because the driver is chosen by the environment a process starts with: how far the backend
 * webgpu is from the reference, for every operator and model, as JSON on stdout.
 */
import { loadBackend } from "../../../src/graph/backends/index.js";
import { randomStream } from "../../../src/linalg/random.js";
import { examples } from "../examples.js";
import { run } from "../run.js";
import { exampleProgram } from "./exampleProgram.js";
import { modelPrograms } from "./modelPrograms.js";

const operators = Object.entries(examples).map(
  ([name, example]) => [name, exampleProgram(example, randomStream(0, name))] as const,
);
const all = Object.fromEntries([...operators, ...Object.entries(modelPrograms())]);
const prefixed = <T>(pick: (one: (typeof all)[string]) => Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(all).flatMap(([name, one]) =>
      Object.entries(pick(one)).map(([key, value]) => [`${name} ${key}`, value]),
    ),
  );
// One program of all: a driver is slow to prepare each.
const program = {
  inputs: prefixed(({ program }) => program.inputs),
  outputs: prefixed(({ program }) => program.outputs),
};
const feeds = prefixed((one) => one.feeds);
const executable = await (await loadBackend("webgpu")).compile(program, { dtype: "f32" });
const actual = await executable.run(feeds);
await executable.release();
const expected = await run(program, feeds);
const errors = Object.entries(expected).map(([key, values]) => {
  const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  return [key, values.reduce((largest, value, i) => Math.max(largest, Math.abs(value - actual[key][i]) / scale), 0)];
});
console.log(JSON.stringify(Object.fromEntries(errors)));
