import type { Executable } from "../../graph/backend.js";
import { loadBackend } from "../../graph/backends/index.js";
import type { Dtype, Program } from "../../graph/program.js";

/** Programs of one element type on one backend: each is compiled when it is first needed, and kept. */
export interface CompiledPrograms {
  /** The program of a name; `build` makes it the first time. */
  compiled(name: string, build: () => Program, threads?: number): Promise<Executable>;
  /** Frees all. */
  release(): Promise<void>;
}

/** None yet; `backend` is the name of the backend, by default that of the work that goes on. */
export async function compiledPrograms(dtype: Dtype, backend?: string): Promise<CompiledPrograms> {
  const { compile } = await loadBackend(backend);
  const known = new Map<string, Promise<Executable>>();
  return {
    compiled(name, build, threads) {
      const found = known.get(name) ?? compile(build(), { dtype, threads });
      known.set(name, found);
      return found;
    },
    async release() {
      const programs = [...known.values()];
      known.clear();
      for (const result of await Promise.allSettled(programs)) {
        if (result.status === "fulfilled") await result.value.release();
      }
    },
  };
}
