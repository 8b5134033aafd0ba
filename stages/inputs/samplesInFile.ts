/** What the beginning of a file says of its samples, and the parameters that name what it does not have. */
import { statSync } from "node:fs";
import { csvHeader, npzShapes } from "../../src/files/fileHeaders.js";
import type { SampleFacts } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";
import { nearestName } from "../../src/text/nearestName.js";

/** Those parameters of load-data that say where the samples are in a file. */
interface Params {
  name: string;
  path?: string;
  target?: string;
  features?: readonly string[] | number;
  inputs?: string;
  targets?: string;
  task?: string;
  classes?: readonly string[] | number;
}

const isFile = (path: string | undefined): path is string =>
  path !== undefined && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);

/** Columns of a CSV file and arrays of a .npz file that are not there. */
export function checkSamplesInFile(params: Params, absolute: string | undefined): Fault[] {
  const { name, path = "" } = params;
  if (!isFile(absolute)) return [];
  if (name === "csv") {
    const names = csvHeader(absolute)?.names;
    if (names === undefined) return [];
    const features = Array.isArray(params.features) ? (params.features as string[]) : [];
    return [
      ...missing(names, params.target, ["target"], `a column of ${path}`),
      ...features.flatMap((feature, i) => missing(names, feature, ["features", i], `a column of ${path}`)),
    ];
  }
  const shapes = name === "npz" ? npzShapes(absolute) : undefined;
  if (shapes === undefined) return [];
  const names = [...shapes.keys()];
  return (["inputs", "targets"] as const).flatMap((each) =>
    missing(names, params[each], [each], `an array of ${path}`),
  );
}

function missing(names: readonly string[], name: string | undefined, path: Fault["path"], what: string): Fault[] {
  if (name === undefined || names.includes(name)) return [];
  const nearest = nearestName(name, names);
  const known = nearest === undefined ? `expected one of ${names.join(", ")}` : `did you mean "${nearest}"?`;
  return [{ path, message: `is "${name}", which is not ${what}; ${known}` }];
}

/** The samples of a CSV or .npz file. Undefined where its beginning does not tell. */
export function samplesInFile(params: Params, absolute: string | undefined): SampleFacts | undefined {
  if (!isFile(absolute)) return undefined;
  const isRegression = params.task === "regression";
  const known = isRegression ? { classes: { length: 0 } } : {};
  if (params.name === "csv") {
    const names = csvHeader(absolute)?.names;
    if (names === undefined || params.features !== undefined) return undefined;
    const task = isRegression ? "regression" : "classification";
    return { task, inputShape: [names.length - 1], targetShape: isRegression ? [1] : [], ...known };
  }
  const shapes = params.name === "npz" ? npzShapes(absolute) : undefined;
  const [inputs, targets] = [params.inputs, params.targets].map((name) => shapes?.get(name ?? ""));
  if (inputs === undefined || targets === undefined) return undefined;
  const [[, ...sample], [, ...place]] = [inputs, targets];
  const listed = Array.isArray(params.classes) ? { classes: params.classes as string[] } : known;
  return {
    task: params.task as SampleFacts["task"],
    inputShape: sample.length === 2 ? [1, ...sample] : sample,
    targetShape: isRegression && place.length === 0 ? [1] : place,
    ...listed,
  };
}
