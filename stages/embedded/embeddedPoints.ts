import type { Artifact } from "../../src/artifact/artifact.js";
import type { EmbedSource } from "../../src/embedding/embed.js";
import { requireSameShapes } from "../../src/models/networks/layout.js";
import type { Source } from "../../src/stage.js";
import { withArticle } from "../../src/text/words.js";
import { modelLayout } from "../artifacts/model.js";
import type { Rows } from "../inputs/checkpoints.js";
import { stepName } from "../inputs/stepName.js";
import { type Flat, joinedColumns, type Part } from "./part.js";
import { partOf } from "./partOf.js";

/** Points to embed, and the facts about each. */
export interface EmbeddedPoints {
  source: EmbedSource;
  loss: Float64Array;
  /** NaN for a point without a training epoch. */
  epoch: Float64Array;
  /** −1 for a point that is on no trajectory. */
  trajectory: Int32Array;
  /** More columns, those that all inputs have. */
  columns: Record<string, Flat>;
  /** The names of the trajectories and of the labels. */
  names: { trajectories: string[]; classes?: string[] };
}

/** The points at the port `points` of an embed stage. Throws Error for inputs that do not share a space. */
export function embeddedPoints(sources: Source[], rows: Rows): EmbeddedPoints {
  const inputs = sources.map((source) => ({ name: stepName(source), of: source.artifact() }));
  requireOneSpace(inputs);
  const parts = inputs.map(({ name, of }) => partOf(of, name, rows));
  const [first] = parts;
  const lengthOf = ({ points }: Part) => points[0]?.length;
  const other = parts.findIndex((part) => lengthOf(part) !== lengthOf(first));
  if (other > 0) {
    throw new Error(
      `${inputs[0].name} has points of ${lengthOf(first)} coordinates, ${inputs[other].name} of ${lengthOf(parts[other])}; expected points of one space`,
    );
  }
  let before = 0;
  const trajectory = parts.flatMap(({ trajectory, trajectories }) => {
    const start = before;
    before += trajectories.length;
    return Array.from(trajectory, (k) => (k < 0 ? k : start + k));
  });
  const shared = Object.keys(first.columns).filter((name) =>
    parts.every(({ columns }) => columns[name]?.constructor === first.columns[name].constructor),
  );
  const concatenated = (name: "loss" | "epoch") => Float64Array.from(parts.flatMap((part) => [...part[name]]));
  const more = shared.map((name) => [name, joinedColumns(parts.map(({ columns }) => columns[name]))] as const);
  const { distances } = first;
  return {
    source: distances ? { distances, n: first.loss.length } : { points: parts.flatMap(({ points }) => points) },
    loss: concatenated("loss"),
    epoch: concatenated("epoch"),
    trajectory: Int32Array.from(trajectory),
    columns: Object.fromEntries(more),
    names: { trajectories: parts.flatMap(({ trajectories }) => trajectories), classes: first.classes },
  };
}

function requireOneSpace(inputs: { name: string; of: Artifact }[]): void {
  const [first] = inputs;
  for (const { name, of } of inputs) {
    if (of.kind !== first.of.kind) {
      throw new Error(
        `${first.name} is ${withArticle(first.of.kind)}, ${name} is ${withArticle(of.kind)}; expected inputs of one kind`,
      );
    }
    if (of.kind === "model") requireSameShapes(modelLayout(of), modelLayout(first.of), `the model of ${name}`);
  }
  if (first.of.kind === "table" && inputs.length > 1) {
    throw new Error(`found ${inputs.length} tables; expected one with the distances of all points`);
  }
}
