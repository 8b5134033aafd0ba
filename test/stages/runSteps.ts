import { resolve } from "node:path";
import { type Artifact, wholeArtifact } from "../../src/artifact/artifact.js";
import type { Step } from "../../src/pipeline/step.js";
import type { Releasable, StageContext } from "../../src/stage.js";

/** Runs steps in this process, each key once. `runs`: what the stages of these names do instead. */
export function runner(
  folder: string,
  runs: Readonly<Record<string, (context: StageContext<never>) => Promise<Artifact>>> = {},
): (step: Step) => Promise<Artifact> {
  const known = new Map<string, Promise<Artifact>>();
  const artifactOf = (step: Step): Promise<Artifact> => {
    const found = known.get(step.key) ?? run(step);
    known.set(step.key, found);
    return found;
  };
  const run = async (step: Step): Promise<Artifact> => {
    const { definition, inputs } = step;
    const ports = new Map<string, { stage: string; step: string; point: Step["point"]; artifact: () => Artifact }[]>();
    for (const [port, steps] of Object.entries(inputs)) {
      const list = [];
      for (const { stage, id, point, ...rest } of steps) {
        const artifact = await artifactOf({ stage, id, point, ...rest });
        list.push({ stage, step: id, point, artifact: () => artifact });
      }
      ports.set(port, list);
    }
    let kept: Promise<Releasable> | undefined;
    const context: StageContext<unknown> = {
      params: step.params,
      part: { index: 0, count: 1 },
      folder,
      log: () => {},
      warn: () => {},
      ports: [...ports.keys()],
      sources: (port) => ports.get(port) ?? [],
      input: (port) => (ports.get(port) ?? [])[0].artifact(),
      shared<T extends Releasable>(make: () => Promise<T>) {
        kept ??= make();
        return kept as Promise<T>;
      },
      file: (path) => resolve(folder, path),
      resume: { load: () => undefined, save: () => {} },
      progress: () => {},
      pipeline: step.pipeline,
      lineage: [],
    };
    try {
      return wholeArtifact(await (runs[definition.name] ?? definition.run)(context as StageContext<never>));
    } finally {
      await (await kept?.catch(() => undefined))?.release();
    }
  };
  return artifactOf;
}
