import { type Backend, checkFeeds, deliver, type Executable, requireDtype, type Values } from "../backend.js";
import { lower } from "../lower.js";
import { type Program, schedule } from "../program.js";
import { constantValues, leafOperators, type Tensor } from "../tensor.js";
import { loadTensorflow, type Tensorflow, type TfTensor } from "./tensorflowLibrary.js";
import { translationOf } from "./tensorflowOperators.js";

/**
 * TensorFlow.js in f32: one of its native packages if the user has installed one, otherwise plain JavaScript. Only its
 * operators are used; derivatives are programs of these operators, as everywhere.
 */
export async function tensorflowBackend(): Promise<Backend> {
  const { tf, from } = await loadTensorflow();
  const backend: Backend = {
    name: "tensorflow",
    version: `${tf.version["tfjs-core"]} (${from}, ${tf.getBackend()})`,
    dtypes: ["f32"],
    async compile(program, { dtype }) {
      requireDtype(backend, dtype);
      return translate(program, tf);
    },
  };
  return backend;
}

function translate(program: Program, tf: Tensorflow): Executable {
  const { order, outputs } = schedule({ inputs: program.inputs, outputs: lower(program.outputs, "f32") });
  const given = new Set<Tensor["operator"]>([leafOperators.constant, leafOperators.data]);
  const names = new Map(Object.entries(program.inputs).map(([name, tensor]) => [tensor, name]));
  const steps = order
    .filter((tensor) => !given.has(tensor.operator) && !names.has(tensor))
    .map((tensor) => ({ tensor, compute: requireTranslation(tensor.operator.name) }));
  const uses = new Map<Tensor, number>();
  for (const used of [...order.flatMap(({ inputs }) => inputs), ...Object.values(outputs)]) {
    uses.set(used, (uses.get(used) ?? 0) + 1);
  }
  const upload = (values: Values, { shape }: Tensor) =>
    tf.tensor(values instanceof Float32Array ? values : Float32Array.from(values), shape, "float32");
  const constants = order
    .filter(({ operator }) => given.has(operator))
    .map((tensor) => [tensor, upload(constantValues(tensor), tensor)] as const);

  /** The outputs, as tensors to dispose of. Intermediate tensors are dropped after their last use. */
  function evaluate(feeds: Readonly<Record<string, Values>>): (readonly [string, TfTensor])[] {
    const values = new Map<Tensor, TfTensor>(constants);
    const left = new Map(uses);
    for (const [tensor, name] of names) if (uses.has(tensor)) values.set(tensor, upload(feeds[name], tensor));
    for (const { tensor, compute } of steps) {
      const operands = tensor.inputs.map((operand) => values.get(operand)!);
      values.set(
        tensor,
        tf.tidy(() => compute(tf, operands, tensor)),
      );
      for (const operand of tensor.inputs) {
        left.set(operand, left.get(operand)! - 1);
        if (left.get(operand) === 0 && !given.has(operand.operator)) values.get(operand)!.dispose();
      }
    }
    return Object.entries(outputs).map(([name, tensor]) => [name, values.get(tensor)!.clone()]);
  }

  return {
    async run(feeds, into = {}) {
      checkFeeds(program, feeds);
      const results = tf.tidy(() => Object.fromEntries(evaluate(feeds)));
      try {
        const values = Object.entries(results).map(
          async ([name, tensor]) => [name, Float64Array.from(await tensor.data())] as const,
        );
        return deliver(Object.fromEntries(await Promise.all(values)), into);
      } finally {
        for (const tensor of Object.values(results)) tensor.dispose();
      }
    },
    async release() {
      for (const [, tensor] of constants) tensor.dispose();
    },
  };
}

function requireTranslation(operator: string) {
  const translation = translationOf(operator);
  if (translation) return translation;
  throw new Error(
    `backend tensorflow cannot compute the operator ${operator}; choose the backend onnxruntime or reference`,
  );
}
