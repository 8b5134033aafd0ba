/** The changes that the command line makes to a pipeline file: `--set name=value`, `--sweep name=value,value`. */
import { suggestion } from "../text/nearestName.js";
import { listed, shown } from "../text/words.js";
import { axisOf, isScalar, labelOn, type RawAxis } from "./axisValues.js";
import { fileError } from "./configFile.js";
import { leadsTo, type NamedValues, namesOf, withoutValue, withValue } from "./namedValues.js";
import type { RawPipeline } from "./pipeline.js";
import { readYaml } from "./yamlValue.js";

/** A new value for a param, for the values of an axis, or for a path. */
export interface Setting {
  name: string;
  value: unknown;
}

const reserved = ["zip", "exclude", "include"];
const topLevel = ["name", "params", "matrix", "stages", "publish"];

/**
 * Overrides a param, the values of a matrix axis, or the value at a path: `stages.model.with.epochs=5`. Throws
 * ConfigError for a name that the file does not have.
 */
export function applySetting(raw: RawPipeline, setting: string | Setting, file: string): RawPipeline {
  const { name, value, fail } = typeof setting === "string" ? parsedSetting(setting, file) : given(setting, file);
  const axes = axesOf(raw);
  if (Object.hasOwn(axes, name)) return withAxis(raw, name, chosen(axes[name], value, fail), fail);
  if (value === undefined || value === null) fail(`${shown(value)} is not a value`);
  if (namesOf(raw.params ?? {}).has(name)) return { ...raw, params: withValue(raw.params ?? {}, name, value) };
  return withPath(raw, requirePath(raw, name, fail), value) as RawPipeline;
}

/**
 * Makes a param, or the value at a path, an axis of the matrix, or gives an axis other values. An axis for a path has
 * the path's last name. Throws ConfigError for a name that the file does not have.
 */
export function applySweep(raw: RawPipeline, setting: string, file: string): RawPipeline {
  const { name, text, fail } = sides("--sweep", setting, file, "expected name=value,value");
  const values = yaml(`[${text}]`);
  if (!Array.isArray(values) || values.length === 0 || values.includes(null)) {
    return fail("expected values with commas between them");
  }
  const axes = axesOf(raw);
  if (Object.hasOwn(axes, name)) return withAxis(raw, name, chosen(axes[name], values, fail), fail);
  if (namesOf(raw.params ?? {}).has(name)) {
    const around = Object.keys(axes).find((axis) => leadsTo(name, axis) || leadsTo(axis, name));
    if (around !== undefined) fail(`the matrix has "${around}"`);
    return withAxis({ ...raw, params: withoutValue(raw.params ?? {}, name) }, name, distinct(values), fail);
  }
  const path = requirePath(raw, name, fail);
  const isTaken = (axis: string) => Object.hasOwn(axes, axis) || Object.hasOwn(raw.params ?? {}, axis);
  const last = path.slice(1).map((part) => part.replace(/\W/g, "_"));
  const axis = last.map((_, i) => last.slice(last.length - 1 - i).join("_")).find((short) => !isTaken(short));
  if (axis === undefined || reserved.includes(axis) || !/^[A-Za-z]/.test(axis)) return fail("it cannot be an axis");
  return withAxis(withPath(raw, path, `\${${axis}}`) as RawPipeline, axis, distinct(values), fail);
}

type Fail = (message: string) => never;

function failFor(option: string, setting: string, file: string): Fail {
  return (message) => {
    throw fileError(file, `${option} ${setting}: ${message}`);
  };
}

function given({ name, value }: Setting, file: string) {
  return { name, value, fail: failFor("set", `${name}=${shown(value)}`, file) };
}

function parsedSetting(setting: string, file: string) {
  const { name, text, fail } = sides("--set", setting, file, "expected name=value");
  return { name, value: yaml(text), fail };
}

function sides(option: string, setting: string, file: string, expected: string) {
  const fail = failFor(option, setting, file);
  const equals = setting.indexOf("=");
  if (equals < 1) fail(expected);
  return { name: setting.slice(0, equals).trim(), text: setting.slice(equals + 1), fail };
}

/** A text as YAML; undefined when it is not YAML. */
function yaml(text: string): unknown {
  try {
    return readYaml(text).value;
  } catch {
    return undefined;
  }
}

function axesOf({ matrix = {} }: RawPipeline): Record<string, RawAxis> {
  return Object.fromEntries(
    Object.entries(matrix as Record<string, RawAxis>).filter(([name]) => !reserved.includes(name)),
  );
}

/** The values that a setting gives to an axis: one, or a list of them; for named points, the names. */
function chosen(axis: RawAxis, value: unknown, fail: Fail): RawAxis {
  const expected = `${shown(value)} is not a value or a [list, of, values]`;
  if (value === undefined || value === null) fail(expected);
  if (!Array.isArray(axis)) {
    const names = [value].flat().map(String);
    const unknown = names.find((name) => !Object.hasOwn(axis, name));
    if (unknown !== undefined) fail(`it has no point "${unknown}"; expected ${listed(Object.keys(axis))}`);
    if (names.length === 0) fail(expected);
    return Object.fromEntries(names.map((name) => [name, axis[name]]));
  }
  if (typeof value === "object" && !Array.isArray(value) && axis.every(isScalar)) fail(expected);
  // For an axis of lists, a list of single values is one of them.
  const isOne = !Array.isArray(value) || (axis.every(Array.isArray) && value.every(isScalar));
  const known = axisOf(axis).values;
  const values = (isOne ? [value] : (value as unknown[])).map((item) =>
    isScalar(item) && known?.has(item) ? known.get(item) : item,
  );
  if (values.length === 0 || values.includes(null)) fail(expected);
  return distinct(values);
}

function distinct(values: unknown[]): unknown[] {
  return [...new Map(values.map((value) => [isScalar(value) ? value : JSON.stringify(value), value])).values()];
}

/** Gives an axis other values. Axes that advance together with it keep their values. */
function withAxis(raw: RawPipeline, name: string, values: RawAxis, fail: Fail): RawPipeline {
  const { include: _, ...matrix } = (raw.matrix ?? {}) as Record<string, unknown>;
  const changed: Record<string, unknown> = { ...matrix, [name]: values };
  const zip = [matrix.zip ?? []].flat() as (string | string[])[];
  const groups = zip.every((item) => typeof item === "string") ? [zip as string[]] : (zip as string[][]);
  const group = groups.find((names) => names.includes(name));
  if (group) {
    const before = axisOf(matrix[name] as RawAxis);
    const kept = axisOf(values).labels.map((label) => before.labels.indexOf(labelOn(before, label)));
    if (kept.includes(-1)) fail(`it goes together with ${listed(group.filter((other) => other !== name))} (zip)`);
    for (const other of group) {
      const axis = matrix[other] as RawAxis;
      const entries = Object.entries(axis);
      changed[other] = Array.isArray(axis) ? kept.map((i) => axis[i]) : Object.fromEntries(kept.map((i) => entries[i]));
    }
  }
  return { ...raw, matrix: changed as RawPipeline["matrix"] };
}

/** A path into the file: to a stage, an entry of params, or another part. */
function requirePath(raw: RawPipeline, name: string, fail: Fail): string[] {
  const path = name.split(".");
  const [first, second] = path;
  const hasStage = second !== undefined && Object.hasOwn(raw.stages, second);
  if (first === "stages" && hasStage && path.length > 2) return path;
  if (first === "stages" && second !== undefined && !hasStage) {
    const names = Object.keys(raw.stages);
    return fail(`the pipeline has no stage "${second}"; expected ${listed(names)}${suggestion(second, names)}`);
  }
  if (topLevel.includes(first) && first !== "stages" && !["__proto__", "constructor"].includes(second)) return path;
  const names = [...namesOf(raw.params ?? {}).keys(), ...Object.keys(axesOf(raw))];
  const known = names.length > 0 ? `expected ${listed(names)}` : "it has no params and no matrix";
  return fail(
    `the pipeline has no "${name}"; ${known}, or a path as stages.<stage>.with.<parameter>${suggestion(name, names)}`,
  );
}

/** A copy with another value at a path. Missing mappings on the way are created. */
function withPath(value: unknown, [first, ...rest]: readonly string[], to: unknown): unknown {
  if (first === undefined) return to;
  if (Array.isArray(value)) {
    const copy = [...value];
    copy[Number(first)] = withPath(value[Number(first)], rest, to);
    return copy;
  }
  const mapping = (typeof value === "object" && value !== null ? value : {}) as NamedValues;
  const inner = Object.hasOwn(mapping, first) ? mapping[first] : undefined;
  return Object.fromEntries([
    ...Object.entries(mapping).filter(([name]) => name !== first),
    [first, withPath(inner, rest, to)],
  ]);
}
