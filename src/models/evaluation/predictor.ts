import type { Executable, Values } from "../../graph/backend.js";
import { loadBackend } from "../../graph/backends/index.js";
import { input } from "../../graph/functions.js";
import type { Dtype, Program } from "../../graph/program.js";
import { type Architecture, createModel } from "../networks/architecture.js";
import type { Model } from "../networks/model.js";

/** A network that is ready to compute outputs for samples. */
export interface Predictor {
  readonly model: Model;
  /**
   * Outputs [outputs × n] at parameters `theta` for n samples, the columns of `samples` [inputs × n]. Batch norms use
   * the given statistics, or those of these samples.
   */
  predict(theta: Float64Array, samples: Values, statistics?: Values): Promise<Float64Array>;
  /** Frees the compiled programs. */
  release(): Promise<void>;
}

/** Compiles a network in an element type for a backend (by name). It keeps a program for each number of samples. */
export async function createPredictor(
  architecture: Architecture,
  { dtype, backend }: { dtype: Dtype; backend?: string },
): Promise<Predictor> {
  const model = createModel(architecture);
  const { compile } = await loadBackend(backend);
  const compiled = new Map<string, Executable>();

  function program(count: number, stored: boolean): Program {
    const [theta, samples] = [input("theta", [1, model.size]), input("samples", [model.inputs, count])];
    const statistics = stored && model.statistics ? input("statistics", [1, model.statistics.size]) : undefined;
    return {
      inputs: { theta, samples, ...(statistics && { statistics }) },
      outputs: { outputs: model.apply(theta, samples, statistics) },
    };
  }

  return {
    model,
    async predict(theta, samples, statistics) {
      const count = samples.length / model.inputs;
      const key = `${count} ${statistics !== undefined}`;
      let executable = compiled.get(key);
      if (executable === undefined) {
        executable = await compile(program(count, statistics !== undefined), { dtype });
        compiled.set(key, executable);
      }
      return (await executable.run({ theta, samples, ...(statistics && { statistics }) })).outputs;
    },
    async release() {
      const executables = [...compiled.values()];
      compiled.clear();
      for (const executable of executables) await executable.release();
    },
  };
}
