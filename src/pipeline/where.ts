/** `where:` of a stage: the points of the matrix at which it runs. */
import type { Point } from "../stage.js";
import type { Path } from "../text/fault.js";
import { suggestion } from "../text/nearestName.js";
import { listed, shown } from "../text/words.js";
import { labelOn } from "./axisValues.js";
import { ExpressionFault, evaluate, namesIn } from "./expression.js";
import { textOf } from "./matrix.js";
import { parseCondition } from "./parseExpression.js";
import type { Pipeline, StageEntry } from "./pipeline.js";
import { axesOf, lookupAt } from "./values.js";

/** The points of a stage, and the axes that decide them. */
export interface Where {
  axes: string[];
  holds(point: Readonly<Point>): boolean;
}

type Tell = (path: Path, message: string) => void;

/** The `where` of a stage; undefined when it has none, or a faulty one, which is reported to `tell`. */
export function whereOf(entry: StageEntry, pipeline: Pipeline, tell: Tell): Where | undefined {
  const { name, where } = entry;
  if (where === undefined) return undefined;
  const report: Tell = (below, message) => tell(["stages", name, "where", ...below], `${name}.where${message}`);
  return typeof where === "string" ? conditionOf(where, pipeline, report) : listOf(where, pipeline, report);
}

function conditionOf(text: string, { params, matrix }: Pipeline, report: Tell): Where | undefined {
  const names = Object.keys(matrix.axes);
  const fail = (error: unknown) => {
    if (!(error instanceof ExpressionFault)) throw error;
    report([], ` is ${shown(text)}: it ${error.message}`);
    return undefined;
  };
  try {
    const condition = parseCondition(text);
    const mentioned = namesIn(condition).map(({ path }) => `\${${path.join(".")}}`);
    const axes = [...axesOf(mentioned, params, names)];
    const holds = (point: Readonly<Point>) => {
      const lookup = lookupAt(params, matrix, point);
      // An axis of named points is represented by its name here.
      const value = evaluate(condition, (path) => {
        const { value, label = value } = lookup(path);
        return { value: label };
      });
      if (typeof value === "boolean") return value;
      throw new ExpressionFault(`is not a condition: it gives ${shown(value)}`);
    };
    const first = Object.fromEntries(Object.entries(matrix.axes).map(([name, [value]]) => [name, value]));
    holds(first);
    if (axes.length === 0) {
      report([], ` is ${shown(text)}, which names no axis; ${expectedAxes(names)}`);
      return undefined;
    }
    return { axes, holds };
  } catch (error) {
    return fail(error);
  }
}

const expectedAxes = (names: readonly string[]) =>
  names.length > 0 ? `the matrix has ${listed(names)}` : "the file has no matrix";

/** A list of partial points. A point is included when it has all the values of an entry. */
function listOf(entries: Record<string, unknown>[], { matrix }: Pipeline, report: Tell): Where | undefined {
  const names = Object.keys(matrix.axes);
  let faults = 0;
  const groups = new Map<string, { names: string[]; known: Set<string> }>();
  for (const [i, entry] of entries.entries()) {
    const labels: Point = {};
    for (const [name, value] of Object.entries(entry)) {
      if (!Object.hasOwn(matrix.axes, name)) {
        report([i, name], `.${i} has "${name}"; ${expectedAxes(names)}${suggestion(name, names)}`);
        faults++;
        continue;
      }
      const labelled = matrix.values.get(name);
      const label = labelOn({ labels: matrix.axes[name], values: labelled && new Map(labelled) }, value);
      const known = [...matrix.axes[name], ...matrix.include.map((point) => point[name])];
      if (!known.includes(label)) {
        const values = [...new Set(known)].slice(0, 20).map((item) => shown(item));
        report([i, name], `.${i}.${name} is ${shown(value)}; the matrix has ${values.join(", ")}`);
        faults++;
      }
      labels[name] = label;
    }
    const own = Object.keys(labels).sort();
    const group = groups.get(own.join(" ")) ?? { names: own, known: new Set<string>() };
    groups.set(own.join(" "), group);
    group.known.add(textOf(own.map((name) => labels[name])));
  }
  if (faults > 0) return undefined;
  const all = [...groups.values()];
  return {
    axes: [...new Set(all.flatMap((group) => group.names))],
    holds: (point) => all.some(({ names, known }) => known.has(textOf(names.map((name) => point[name])))),
  };
}
