/** Recurrent layers, unrolled in time. */
import * as f from "../../functions.js";
import type { Tensor } from "../../tensor.js";
import type { Call, Rule } from "../call.js";
import { real, type Value } from "../value.js";

/** The states of a layer, [N, H] each; the output comes first. */
type States = readonly Tensor[];
/** One step in time: from x·Wᵀ + its bias [N, gates·H] and the previous states to the next ones. */
type Step = (inputs: Tensor, states: States, weights: Direction) => States;

interface Direction {
  /** [gates·H, H] */
  readonly recurrent: Tensor;
  /** The bias of the recurrent product, [gates·H]; undefined when there is none. */
  readonly bias?: Tensor;
  readonly hidden: number;
}

/** Gate i of a tensor [N, gates·H]. */
const gate = (tensor: Tensor, i: number, hidden: number) => f.slice(tensor, 1, i * hidden, (i + 1) * hidden);

const product = (h: Tensor, { recurrent, bias }: Direction) => {
  const y = f.matmul(h, recurrent, { transposeB: true });
  return bias ? f.add(y, bias) : y;
};

const lstmStep: Step = (inputs, [h, c], own) => {
  const gates = f.add(inputs, product(h, own));
  const [input, output, forget, cell] = [0, 1, 2, 3].map((i) => gate(gates, i, own.hidden));
  const next = f.add(f.mul(f.sigmoid(forget), c), f.mul(f.sigmoid(input), f.tanh(cell)));
  return [f.mul(f.sigmoid(output), f.tanh(next)), next];
};

/** The reset gate acts before the recurrent product, or after it (`linear_before_reset`, as in PyTorch). */
const gruStep =
  (resetsAfter: boolean): Step =>
  (inputs, [h], own) => {
    const { hidden, recurrent, bias } = own;
    const rows = (i: number) => f.slice(recurrent, 0, i * hidden, (i + 1) * hidden);
    const part = (state: Tensor, i: number) =>
      product(state, {
        recurrent: rows(i),
        bias: bias && f.slice(bias, 0, i * hidden, (i + 1) * hidden),
        hidden,
      });
    const update = f.sigmoid(f.add(gate(inputs, 0, hidden), part(h, 0)));
    const reset = f.sigmoid(f.add(gate(inputs, 1, hidden), part(h, 1)));
    const inner = resetsAfter ? f.mul(reset, part(h, 2)) : part(f.mul(reset, h), 2);
    const candidate = f.tanh(f.add(gate(inputs, 2, hidden), inner));
    return [f.add(f.mul(f.sub(1, update), candidate), f.mul(update, h))];
  };

const rnnStep =
  (activate: (x: Tensor) => Tensor): Step =>
  (inputs, [h], own) => [activate(f.add(inputs, product(h, own)))];

/** A recurrent node with this many gates and states. Initial states are inputs from 5 on. */
function recurrent(call: Call, gates: number, states: number, step: Step, defaults: readonly string[]): Value[] {
  requireDefaults(call, defaults, states);
  const isBatchFirst = call.number("layout", 0) === 1;
  const x = isBatchFirst ? f.transpose(call.tensor(0), [1, 0, 2]) : call.tensor(0);
  const [length, samples] = x.shape;
  const [directions, , hidden] = call.tensor(2).shape;
  const width = gates * hidden;
  const orders = { forward: [false], reverse: [true], bidirectional: [false, true] };
  const order = orders[call.text("direction", "forward") as keyof typeof orders];

  const found = order.map((isReverse, d) => {
    const own = (i: number) => f.reshape(f.slice(call.tensor(i), 0, d, d + 1), call.tensor(i).shape.slice(1));
    const biases = call.optional(3) && own(3);
    const direction = { recurrent: own(2), bias: biases && f.slice(biases, 0, width, 2 * width), hidden };
    const projected = f.matmul(f.reshape(x, [length * samples, x.shape[2]]), own(1), { transposeB: true });
    const inputs = biases ? f.add(projected, f.slice(biases, 0, 0, width)) : projected;
    let state: States = Array.from({ length: states }, (_, s) =>
      call.optional(5 + s) ? initialState(call, 5 + s, d, isBatchFirst) : f.expand(f.constant(0), [samples, hidden]),
    );
    const outputs = new Array<Tensor>(length);
    for (let k = 0; k < length; k++) {
      const t = isReverse ? length - 1 - k : k;
      state = step(f.slice(inputs, 0, t * samples, (t + 1) * samples), state, direction);
      outputs[t] = f.reshape(state[0], [1, 1, samples, hidden]);
    }
    return { outputs: f.concat(outputs, 0), state };
  });

  const all = f.concat(
    found.map(({ outputs }) => outputs),
    1,
  );
  const last = Array.from({ length: states }, (_, s) => {
    const rows = found.map(({ state }) => f.reshape(state[s], [1, samples, hidden]));
    return isBatchFirst ? f.transpose(f.concat(rows, 0), [1, 0, 2]) : f.concat(rows, 0);
  });
  const sequence = isBatchFirst ? f.transpose(all, [2, 0, 1, 3]) : all;
  if (directions !== order.length)
    throw new Error(`its weights have ${directions} directions; expected ${order.length}`);
  return [sequence, ...last].map(real);
}

function initialState(call: Call, i: number, direction: number, isBatchFirst: boolean): Tensor {
  const given = isBatchFirst ? f.transpose(call.tensor(i), [1, 0, 2]) : call.tensor(i);
  return f.reshape(f.slice(given, 0, direction, direction + 1), given.shape.slice(1));
}

/** Throws an error for unsupported options of these layers. */
function requireDefaults(call: Call, defaults: readonly string[], states: number): void {
  const activations = call.texts("activations")?.map((name) => name.toLowerCase());
  const usual = activations?.every((name, i) => name === defaults[i % defaults.length]) ?? true;
  if (!usual) throw new Error(`its activations are ${activations?.join(", ")}; expected ${defaults.join(", ")}`);
  if (call.has("clip")) throw new Error("its clip is not supported");
  if (call.number("input_forget", 0) === 1) throw new Error("its input_forget is not supported");
  if (call.optional(5 + states)) throw new Error("its peepholes are not supported");
  const lengths = call.optional(4) && call.numbers(4);
  const [length] = call.number("layout", 0) === 1 ? [call.tensor(0).shape[1]] : call.tensor(0).shape;
  if (lengths?.some((own) => own !== length)) throw new Error("its sequence_lens differ; expected whole sequences");
}

export const recurrentRules: Readonly<Record<string, Rule>> = {
  LSTM: (call) => recurrent(call, 4, 2, lstmStep, ["sigmoid", "tanh", "tanh"]),
  GRU: (call) => recurrent(call, 3, 1, gruStep(call.number("linear_before_reset", 0) === 1), ["sigmoid", "tanh"]),
  RNN: (call) => {
    const isRelu = call.texts("activations")?.[0]?.toLowerCase() === "relu";
    return recurrent(call, 1, 1, rnnStep(isRelu ? f.relu : f.tanh), [isRelu ? "relu" : "tanh"]);
  },
};
