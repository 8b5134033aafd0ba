import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(process.env.CIRQUE_REFERENCE ?? "../shared/reference");

/** Where a reference file lies. */
export function referencePath(...parts: string[]): string {
  return join(root, ...parts);
}

/** For `test(…, { skip: withoutReference("hessian") }, …)`: false where the folder exists, else why the test is skipped. */
export function withoutReference(folder: string): false | string {
  return existsSync(referencePath(folder)) ? false : `${referencePath(folder)} is absent`;
}
