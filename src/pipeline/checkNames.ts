/** Checks that the names and values of a pipeline agree with each other, and that they can be names of files. */

import type { Scalar } from "../stage.js";
import { valueAt } from "../text/fault.js";
import { suggestion } from "../text/nearestName.js";
import { listed, shown } from "../text/words.js";
import { MAX_POINTS, pointLabel, productSize } from "./matrix.js";
import { leadsTo, namesOf } from "./namedValues.js";
import type { Report } from "./node.js";
import type { Matrix, Pipeline } from "./pipeline.js";

/** Reports faults of the matrix, of `publish`, and of names that become names of files. */
export function checkNames(pipeline: Pipeline, report: Report): void {
  checkMatrix(pipeline, report);
  checkFileNames(pipeline, report);
  const names = pipeline.stages.map(({ name }) => name);
  for (const [i, name] of pipeline.publish.entries()) {
    if (!names.includes(name)) report(["publish", i], `publish: no stage "${name}"${suggestion(name, names)}`);
  }
}

function checkMatrix(pipeline: Pipeline, report: Report): void {
  const { params, matrix } = pipeline;
  const names = Object.keys(matrix.axes);
  const others = namesOf(params);
  const taken = [...others.keys(), ...names];
  for (const name of names) {
    if (others.has(name)) {
      report(["matrix", name], `"${name}" is in params and in matrix; keep one of them`, "key");
    } else if (taken.some((other) => other !== name && leadsTo(name, other))) {
      const message = `"${name}" is a value of the matrix, and other names lead through it; rename one of them`;
      report(["matrix", name], message, "key");
    }
  }
  checkZip(matrix, report);
  checkSize(matrix, report);
  for (const list of ["exclude", "include"] as const) {
    for (const [i, entry] of matrix[list].entries()) checkEntry(list, i, entry, matrix, report);
  }
}

function checkSize(matrix: Matrix, report: Report): void {
  const size = productSize(matrix);
  if (size > MAX_POINTS) {
    report(["matrix"], `the matrix has ${size} points; expected at most ${MAX_POINTS}`, "key");
  } else if (matrix.include.length > MAX_POINTS) {
    const message = `the matrix has ${matrix.include.length} more points; expected at most ${MAX_POINTS} in all`;
    report(["matrix", "include"], message, "key");
  }
}

/** Checks one excluded or included point: its names are axes, and an included point has them all. */
function checkEntry(
  list: "exclude" | "include",
  i: number,
  entry: Record<string, Scalar>,
  { axes, values }: Matrix,
  report: Report,
): void {
  const names = Object.keys(axes);
  for (const name of Object.keys(entry)) {
    if (!Object.hasOwn(axes, name)) {
      const known = names.length > 0 ? `; expected ${listed(names)}` : "; it has none";
      report(["matrix", list, i, name], `the matrix has no "${name}"${known}${suggestion(name, names)}`, "key");
    } else if (list === "include" && values.get(name)?.has(entry[name]) === false) {
      const points = [...(values.get(name)?.keys() ?? [])].map(String);
      const message = `matrix.include.${i}.${name} is ${shown(entry[name])}; expected ${listed(points)}`;
      report(["matrix", "include", i, name], `${message}${suggestion(String(entry[name]), points)}`);
    }
  }
  if (list === "exclude") return;
  for (const name of names.filter((name) => !Object.hasOwn(entry, name))) {
    const message = `matrix.include.${i} lacks "${name}"; expected a value for every name of the matrix`;
    report(["matrix", "include", i], message);
  }
}

/** Checks that axes that advance together exist, have equally many values, and are in one group each. */
function checkZip({ axes, zip }: Matrix, report: Report): void {
  const names = Object.keys(axes);
  const seen = new Set<string>();
  for (const group of zip) {
    for (const name of group) {
      if (!Object.hasOwn(axes, name)) {
        const known = names.length > 0 ? `expected ${listed(names)}` : "it has none";
        report(["matrix", "zip"], `matrix.zip: the matrix has no "${name}"; ${known}${suggestion(name, names)}`);
      } else if (seen.has(name)) {
        report(["matrix", "zip"], `matrix.zip has "${name}" twice; expected each axis once`);
      }
      seen.add(name);
    }
    const own = group.filter((name) => Object.hasOwn(axes, name));
    if (own.length < 2 && group.length < 2) {
      report(["matrix", "zip"], `matrix.zip has ${listed(group)} alone; expected at least two axes that go together`);
    } else if (new Set(own.map((name) => axes[name].length)).size > 1) {
      const sizes = own.map((name) => `"${name}" has ${axes[name].length}`).join(", ");
      report(["matrix", "zip"], `matrix.zip: ${sizes} values; expected equally many`);
    }
  }
}

/** Names that Windows reserves for devices, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Files of results have these names. On macOS and Windows "a" and "A" are the same, and a few names are reserved. */
function checkFileNames({ name, stages, matrix, file }: Pipeline, report: Report): void {
  if (DEVICE.test(name) || name.endsWith(".")) {
    report(["name"], `"${name}" cannot be the name of a folder on Windows; rename it`);
  }
  const known = new Map<string, string>();
  for (const { name } of stages) {
    const path = ["stages", name];
    const other = known.get(name.toLowerCase());
    if (other !== undefined) {
      const message = `the stages "${other}" and "${name}" differ in capitals only, so their files would be one on macOS and Windows; rename one of them`;
      report(path, message, "key");
    }
    if (DEVICE.test(name)) report(path, `"${name}" cannot be the name of a file on Windows; rename it`, "key");
    known.set(name.toLowerCase(), name);
  }
  for (const axis of Object.keys(matrix.axes)) {
    const labels = new Map<string, unknown>();
    const own = matrix.axes[axis];
    const values = [...own, ...matrix.include.flatMap((entry) => entry[axis] ?? [])];
    const isZipped = matrix.zip.some((group) => group.includes(axis));
    for (const [i, value] of values.entries()) {
      const label = pointLabel({ [axis]: value }).toLowerCase();
      if (labels.has(label) && labels.get(label) === value && i < own.length && !isZipped) {
        const path = ["matrix", axis, i];
        report(path, `matrix.${axis} has ${shown(valueAt(file.value, path))} twice; expected each value once`);
      } else if (labels.has(label) && labels.get(label) !== value) {
        const message = `matrix.${axis} has ${shown(labels.get(label))} and ${shown(value)}, whose files would have the same name (capitals do not count on macOS and Windows); write one of them differently`;
        report(["matrix", axis, i], message);
      }
      labels.set(label, value);
    }
  }
}
