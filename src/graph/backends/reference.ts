import { type Backend, checkFeeds, deliver, type Executable, requireDtype } from "../backend.js";
import { type Program, schedule } from "../program.js";
import type { Tensor } from "../tensor.js";

/**
 * Plain TypeScript in f64. Other backends are tested against it, and it is the fallback when there is no native build.
 */
export const referenceBackend: Backend = {
  name: "reference",
  version: "1",
  dtypes: ["f64"],
  async compile(program, { dtype }) {
    requireDtype(referenceBackend, dtype);
    return interpreter(program);
  },
};

function interpreter(program: Program): Executable {
  const { order, outputs } = schedule(program);
  const inputs = new Set(Object.values(program.inputs));
  return {
    async run(feeds, into = {}) {
      checkFeeds(program, feeds);
      const values = new Map<Tensor, Float64Array>();
      for (const [name, tensor] of Object.entries(program.inputs)) {
        const feed = feeds[name];
        values.set(tensor, feed instanceof Float64Array ? feed : Float64Array.from(feed));
      }
      for (const tensor of order) {
        if (inputs.has(tensor)) continue;
        const operands = tensor.inputs.map((operand) => values.get(operand)!);
        values.set(tensor, tensor.operator.evaluate(tensor, operands));
      }
      // Copies, because an operator that only renames returns its operand, which may be a feed or a constant.
      const results = Object.entries(outputs).map(([name, tensor]) => [name, values.get(tensor)!.slice()]);
      return deliver(Object.fromEntries(results), into);
    },
    async release() {},
  };
}
