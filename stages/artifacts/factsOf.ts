import type { Artifact, Metadata } from "../../src/artifact/artifact.js";

/**
 * The metadata of an artifact, typed by its kind. `needed` lists the facts that the caller requires. Throws TypeError
 * when one is missing, because commands and modules write artifacts too.
 */
export function factsOf<T extends Metadata>(of: Artifact, ...needed: (keyof T & string)[]): T {
  const missing = needed.find((name) => !Object.hasOwn(of.metadata, name));
  if (missing !== undefined) {
    const known = Object.keys(of.metadata).join(", ") || "nothing";
    throw new TypeError(`the ${of.kind} lacks the fact "${missing}" in its metadata, which has ${known}`);
  }
  return of.metadata as T;
}
