import { ExpressionError } from "../../src/models/problems/expression.js";
import type { Path } from "../../src/text/fault.js";

/** A mistake in the parameters, and its place. */
export class ParameterError extends Error {
  constructor(
    readonly path: Path,
    message: string,
  ) {
    super(message);
  }
}

/** What work on a parameter gives; a mistake in an expression gets its place. */
export function at<T>(path: Path, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ParameterError(path, error.message);
  }
}
