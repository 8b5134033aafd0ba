/** Whether the names and values of a pipeline agree with each other, and can be those of files. */

import { suggestion } from "../text/nearestName.js";
import { listed, shown } from "../text/words.js";
import type { Pipeline } from "./config.js";
import { MAX_POINTS, pointLabel, productSize } from "./matrix.js";
import { leadsTo, namesOf } from "./namedValues.js";
import type { Report } from "./resolve.js";

/** Reports what is wrong with the matrix, with `publish`, and with names that become those of files. */
export function checkNames(pipeline: Pipeline, report: Report): void {
  checkMatrix(pipeline, report);
  checkFileNames(pipeline, report);
  const names = pipeline.stages.map(({ name }) => name);
  for (const [i, name] of pipeline.publish.entries()) {
    if (!names.includes(name)) report(["publish", i], `publish: no stage "${name}"${suggestion(name, names)}`);
  }
}

function checkMatrix({ params, matrix }: Pipeline, report: Report): void {
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
  const size = productSize(matrix);
  if (size > MAX_POINTS) {
    report(["matrix"], `the matrix has ${size} points; expected at most ${MAX_POINTS}`, "key");
  } else if (matrix.include.length > MAX_POINTS) {
    const message = `the matrix has ${matrix.include.length} more points; expected at most ${MAX_POINTS} in all`;
    report(["matrix", "include"], message, "key");
  }
  for (const list of ["exclude", "include"] as const) {
    for (const [i, entry] of matrix[list].entries()) {
      for (const name of Object.keys(entry)) {
        if (Object.hasOwn(matrix.axes, name)) continue;
        const known = names.length > 0 ? `; expected ${listed(names)}` : "; it has none";
        report(["matrix", list, i, name], `the matrix has no "${name}"${known}${suggestion(name, names)}`, "key");
      }
    }
  }
  for (const [i, entry] of matrix.include.entries()) {
    for (const name of names.filter((name) => !Object.hasOwn(entry, name))) {
      const message = `matrix.include.${i} lacks "${name}"; expected a value for every name of the matrix`;
      report(["matrix", "include", i], message);
    }
  }
}

/** Names that Windows keeps for devices, whatever follows after a dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Files of results carry these names: on macOS and Windows "a" and "A" are one, and a few are nobody's. */
function checkFileNames({ name, stages, matrix }: Pipeline, report: Report): void {
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
    const values = [...matrix.axes[axis], ...matrix.include.flatMap((entry) => entry[axis] ?? [])];
    for (const [i, value] of values.entries()) {
      const label = pointLabel({ [axis]: value }).toLowerCase();
      if (labels.has(label) && labels.get(label) !== value) {
        const message = `matrix.${axis} has ${shown(labels.get(label))} and ${shown(value)}, whose files would have the same name (capitals do not count on macOS and Windows); write one of them differently`;
        report(["matrix", axis, i], message);
      }
      labels.set(label, value);
    }
  }
}
