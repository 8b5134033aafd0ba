import assert from "node:assert/strict";
import { resolve } from "node:path";
import { type Artifact, wholeArtifact } from "../../src/artifact/artifact.js";
import { validate } from "../../src/pipeline/validateParameters.js";
import type { Releasable, Source, Stage, StageContext } from "../../src/stage.js";

type Inputs = Record<string, Artifact | Source[]>;
type Options = Partial<Pick<StageContext<unknown>, "log" | "resume">>;

/** The context in which a stage sees these parameters, defaults filled in, and these inputs. */
function contextOf(
  stage: Stage,
  params: object,
  inputs: Inputs,
  { log = () => {}, resume = { load: () => undefined, save: () => {} } }: Options = {},
) {
  const given = structuredClone(params);
  assert.deepEqual(validate(stage.name, given, stage.name), []);
  const sources = (port: string): Source[] => {
    const at = inputs[port] ?? [];
    return Array.isArray(at) ? at : [{ stage: port, point: {}, artifact: () => at }];
  };
  let kept: Promise<Releasable> | undefined;
  const context: StageContext<unknown> = {
    params: given,
    part: { index: 0, count: 1 },
    folder: process.cwd(),
    log,
    warn: (message) => log(`${message}\n`),
    ports: Object.keys(inputs),
    sources,
    input: (port) => sources(port)[0].artifact(),
    shared<T extends Releasable>(make: () => Promise<T>) {
      kept ??= make();
      return kept as Promise<T>;
    },
    file: (path) => resolve(path),
    resume,
    progress: () => {},
  };
  return { context, release: async () => (await kept?.catch(() => undefined))?.release() };
}

/** Runs a stage as one piece. */
export async function runStage(
  stage: Stage,
  params: object,
  inputs: Inputs = {},
  options: Options = {},
): Promise<Artifact> {
  const { context, release } = contextOf(stage, params, inputs, options);
  return stage.run(context).then(wholeArtifact).finally(release);
}

/** Runs a stage as its pieces, joined. */
export async function runInPieces(stage: Stage, params: object, inputs: Inputs, count?: number): Promise<Artifact> {
  const { context, release } = contextOf(stage, params, inputs);
  const total = count ?? stage.parts?.(context) ?? 1;
  const pieces: Artifact[] = [];
  try {
    for (let index = 0; index < total; index++) {
      pieces.push(wholeArtifact(await stage.run({ ...context, part: { index, count: total } })));
    }
  } finally {
    await release();
  }
  if (stage.joinInPieces) {
    return wholeArtifact(
      stage.joinInPieces(
        pieces.map((piece) => () => piece),
        context,
      ),
    );
  }
  assert.ok(stage.join);
  return stage.join(pieces, context);
}
