import {
  type Artifact,
  artifact,
  concatenate,
  type ListColumn,
  type Metadata,
  numbers,
  vectorAt,
} from "../src/artifact/artifact.js";
import { canonicalJson } from "../src/artifact/canonicalJson.js";
import { connectPath, type PathOptions } from "../src/landscape/paths/connectPath.js";
import { type LossSurface, lossSurface } from "../src/landscape/paths/lossSurface.js";
import { type PairChoice, pathPairs } from "../src/landscape/paths/pathPairs.js";
import { arcLengths, lengthAt, pointAt } from "../src/landscape/paths/pathPlaces.js";
import { requireFinite } from "../src/linalg/vectors.js";
import { weightMatching } from "../src/models/weights/weightMatching.js";
import { pointLabel } from "../src/pipeline/matrix.js";
import type { Stage, StageContext } from "../src/stage.js";
import type { TrainingState } from "../src/training/trainingRecord.js";
import { datasetOf } from "./artifacts/dataset.js";
import type { Setting } from "./artifacts/model.js";
import { checkpointRows } from "./inputs/checkpoints.js";
import { trainedModel } from "./inputs/trainedModel.js";
import { trainingHooks } from "./inputs/trainingHooks.js";

interface Params extends Omit<PathOptions, "spring"> {
  label: string | number;
  rows: "last" | "all" | number[];
  pairs: PairChoice;
  spring?: number;
  batchSize: number;
  evaluationBatchSize: number;
  align: "none" | "weight-matching";
  keep: "none" | "saddles" | "all";
  seed: number;
  dtype: "f32" | "f64";
}

interface Minimum {
  label: string;
  row: number;
  model: Artifact;
  weights: Float64Array;
  /** As it was stored. */
  loss: number;
}

type Context = StageContext<Params>;

export const connectMinimaStage: Stage<Params> = {
  name: "connect-minima",
  version: 3,
  inputs: { minima: { kinds: ["model"], many: true }, data: { kinds: ["dataset"], optional: true } },
  output: "paths",
  fanIn: true,
  check({ method, spring, points, maxPoints }) {
    return [
      ...(spring !== undefined && method !== "neb"
        ? [{ path: ["spring"], message: `is for the method neb; ${method} has no springs` }]
        : []),
      ...(maxPoints < points ? [{ path: ["maxPoints"], message: `is ${maxPoints}, below points, ${points}` }] : []),
    ];
  },
  // The first part measures the minima, each other one finds a path.
  parts: (context) => 1 + pathPairs(context.params.pairs, minimaOf(context)).length,
  async run(context) {
    const { params, part, shared } = context;
    const minima = minimaOf(context);
    const pairs = pathPairs(params.pairs, minima);
    const surface = await shared(() => surfaceOf(minima[0], context));
    const all = Array.from({ length: 1 + pairs.length }, (_, task) => task);
    const pieces: Artifact[] = [];
    for (const task of part.count === 1 ? all : [part.index]) {
      pieces.push(
        await (task === 0
          ? measured(minima, surface, context)
          : connected(task - 1, pairs[task - 1], minima, surface, context)),
      );
    }
    return part.count === 1 ? joined(pieces) : pieces[0];
  },
  join: joined,
};

/** The minima in order; models that failed are left out. Throws where there are fewer than two, or they are not alike. */
function minimaOf({ params, sources }: Pick<Context, "params" | "sources">): Minimum[] {
  const minima = sources("minima")
    .filter(({ error }) => error === undefined)
    .flatMap(({ stage, point, artifact }) => {
      const model = artifact();
      const name = pointLabel(point) || stage;
      const loss = numbers(model, "loss");
      const rows = checkpointRows(model, params.rows);
      return rows.map((row): Minimum => {
        const label = rows.length > 1 ? `${name} row ${row}` : name;
        const weights = vectorAt(model, "weights", row);
        requireFinite(weights, `the weights of ${label}`);
        return { label, model, row, weights, loss: loss[row] };
      });
    });
  if (minima.length < 2) throw new Error(`found ${minima.length} minimum to connect; expected two or more`);
  const [first] = minima;
  for (const { label, model } of minima) {
    for (const fact of ["architecture", "problem"]) {
      const [own, expected] = [model, first.model].map(({ metadata }) => canonicalJson(metadata[fact]));
      if (own !== expected) {
        throw new Error(`${label} has another ${fact} than ${first.label}; paths connect minima of one loss`);
      }
    }
  }
  return minima;
}

async function surfaceOf({ model, row }: Minimum, { params, ports, input, sources }: Context): Promise<LossSurface> {
  const { dtype, seed, batchSize, evaluationBatchSize } = params;
  if (sources("data").length > 1) {
    throw new Error(
      "the data of different matrix points are different losses; mention the matrix value that changes them in label, or take one",
    );
  }
  const data = ports.includes("data") ? input("data") : undefined;
  const { loss } = trainedModel(model, { data, row, statistics: "recomputed", batchSize: evaluationBatchSize });
  const { architecture, problem } = model.metadata as unknown as Setting;
  if (problem.kind !== "supervised" || data === undefined) return lossSurface(loss, dtype);
  return lossSurface(loss, dtype, { architecture, problem, data: datasetOf(data), batchSize, seed });
}

/** No path yet: the minima, with their losses (and accuracies) on the data. */
async function measured(minima: readonly Minimum[], surface: LossSurface, { params }: Context): Promise<Artifact> {
  const terms = await surface.terms(minima.map(({ weights }) => weights));
  const bad = terms.loss.findIndex((loss) => !Number.isFinite(loss));
  if (bad >= 0) throw new Error(`the loss of ${minima[bad].label} is ${terms.loss[bad]}; expected a number`);
  const facts = {
    weights: minima[0].weights.length,
    label: minima.map(({ label }) => label),
    stored: minima.map(({ loss }) => loss),
    ...Object.fromEntries(Object.entries(terms).map(([name, values]) => [name, [...values]])),
  };
  const { label, rows: _, pairs: __, ...settings } = params;
  return pathsArtifact([], { label, minima: facts, paths: [], settings }, params.keep !== "none");
}

/** One path, by its number. */
async function connected(
  index: number,
  [from, to]: readonly [number, number],
  minima: readonly Minimum[],
  surface: LossSurface,
  context: Context,
): Promise<Artifact> {
  const { params } = context;
  const hooks = trainingHooks(context);
  const { spring = 0.1, ...options } = params;
  const { architecture } = minima[0].model.metadata as unknown as Setting;
  const other = minima[to].weights;
  const end = minima[from].weights;
  const ends = [end, params.align === "none" ? other : weightMatching(architecture, end, other, params.seed)] as const;
  const found = await connectPath(
    surface,
    ends,
    { ...options, spring },
    {
      // The state may be that of another path, where one worker finds them all.
      resume: hooks.resume?.facts.index === index ? hooks.resume : undefined,
      save: (state) => hooks.save(() => withFact(state(), { index })),
      progress: (fraction, note) => context.progress(fraction, `path ${index + 1}: ${note}`),
    },
  );
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

const withFact = (state: TrainingState, fact: Record<string, unknown>): TrainingState => ({
  ...state,
  facts: { ...state.facts, ...fact },
});

interface PathRow {
  path: number;
  from: number;
  to: number;
  position: number;
  loss: number;
  interpolant: 0 | 1;
  weights?: Float64Array;
}

function pathsArtifact(rows: readonly PathRow[], metadata: Metadata, keepsWeights = false): Artifact {
  const whole = (name: "from" | "to" | "path" | "interpolant") => Int32Array.from(rows, (row) => row[name]);
  return artifact(
    "paths",
    {
      from: whole("from"),
      to: whole("to"),
      position: Float64Array.from(rows, ({ position }) => position),
      loss: Float64Array.from(rows, ({ loss }) => loss),
      path: whole("path"),
      interpolant: whole("interpolant"),
      ...(keepsWeights && { weights: listColumn(rows.map(({ weights }) => weights ?? new Float64Array(0))) }),
    },
    metadata,
  );
}

function listColumn(rows: readonly Float64Array[]): ListColumn {
  const offsets = new Int32Array(rows.length + 1);
  for (const [k, row] of rows.entries()) offsets[k + 1] = offsets[k] + row.length;
  const values = new Float64Array(offsets[rows.length]);
  for (const [k, row] of rows.entries()) values.set(row, offsets[k]);
  return { offsets, values };
}

function joined(pieces: Artifact[]): Artifact {
  const whole = concatenate(pieces);
  const paths = pieces.flatMap(({ metadata }) => metadata.paths as { barrier: number; converged: boolean }[]);
  const barriers = paths.map(({ barrier }) => barrier);
  const minima = whole.metadata.minima as { weights: number; loss: number[] };
  return {
    ...whole,
    metadata: { ...whole.metadata, paths },
    summary: {
      weights: minima.weights,
      minima: minima.loss.length,
      paths: paths.length,
      lowestBarrier: Math.min(...barriers),
      highestBarrier: Math.max(...barriers),
      unconverged: paths.filter(({ converged }) => !converged).length,
    },
  };
}
