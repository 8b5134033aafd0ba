import type { Artifact } from "../../src/artifact/artifact.js";
import { connectPath } from "../../src/landscape/paths/connectPath.js";
import type { LossSurface } from "../../src/landscape/paths/lossSurface.js";
import { arcLengths, lengthAt, pointAt } from "../../src/landscape/paths/pathPlaces.js";
import { weightMatching } from "../../src/models/weights/weightMatching.js";
import type { StageContext } from "../../src/stage.js";
import type { TrainingState } from "../../src/training/trainingRecord.js";
import { modelFacts } from "../artifacts/model.js";
import { type PathRow, pathsArtifact } from "../artifacts/paths.js";
import { trainingHooks } from "../inputs/trainingHooks.js";
import type { Minimum } from "./minima.js";
import type { ConnectParams } from "./params.js";

type Ends = readonly [Float64Array, Float64Array];

/** One path between two minima, by its number. */
export async function connected(
  index: number,
  [from, to]: readonly [number, number],
  minima: readonly Minimum[],
  surface: LossSurface,
  context: StageContext<ConnectParams>,
): Promise<Artifact> {
  const { params } = context;
  const ends = alignedEnds(minima[from], minima[to], params);
  const found = await search(index, ends, surface, context);
  const { path, profile, saddle, history, stopped } = found;
  const lengths = arcLengths(path);
  const length = lengths[path.length - 1];
  const share = (place: number) => (length > 0 ? lengthAt(lengths, place) / length : place === 0 ? 0 : 1);
  const keeps = (place: number) => params.keep === "all" || (params.keep === "saddles" && place === saddle);
  const rows = profile.places.map(
    (place, k): PathRow => ({
      path: index,
      from,
      to,
      position: share(place),
      loss: profile.losses[k],
      interpolant: Number.isInteger(place) ? 0 : 1,
      weights: keeps(place) ? pointAt(path, place) : undefined,
    }),
  );
  const fact = {
    from,
    to,
    straightBarrier: found.straightBarrier,
    barrier: found.barrier,
    barrierError: await surface.standardError(pointAt(path, saddle)),
    barrierPosition: share(saddle),
    length,
    straightLength: arcLengths(ends)[1],
    points: path.length - 2,
    epochs: found.epochs,
    iterations: found.iterations,
    converged: stopped === "converged",
    stopped,
    nonFinite: profile.losses.filter((loss) => !Number.isFinite(loss)).length,
    history,
  };
  return pathsArtifact(rows, { paths: [fact] }, params.keep !== "none");
}

/** The weights of both minima. On request the hidden units of the second are permuted to match the first. */
function alignedEnds(from: Minimum, to: Minimum, { align, seed }: ConnectParams): Ends {
  if (align === "none") return [from.weights, to.weights];
  const { architecture } = modelFacts(from.model);
  return [from.weights, weightMatching(architecture, from.weights, to.weights, seed)];
}

function search(index: number, ends: Ends, surface: LossSurface, context: StageContext<ConnectParams>) {
  const hooks = trainingHooks(context);
  const { spring = 0.1, ...options } = context.params;
  return connectPath(
    surface,
    ends,
    { ...options, spring },
    {
      // The state may be that of another path when one worker finds several.
      resume: hooks.resume?.facts.index === index ? hooks.resume : undefined,
      save: (state) => hooks.save(() => withFact(state(), { index })),
      progress: (fraction, note) => context.progress(fraction, `path ${index + 1}: ${note}`),
    },
  );
}

const withFact = (state: TrainingState, fact: Record<string, unknown>): TrainingState => ({
  ...state,
  facts: { ...state.facts, ...fact },
});
