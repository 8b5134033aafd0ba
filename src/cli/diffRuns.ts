/**
 * The differences between two runs: the values in force, the parameters of their steps, and the numbers in their
 * results.
 */
import { rowCount } from "../artifact/artifact.js";
import { readArtifact } from "../artifact/artifactFile.js";
import type { RunRecord } from "../run/runHistory.js";
import { differences } from "../run/stepState.js";
import type { Store } from "../store/store.js";
import type { StoredRecord } from "../store/storedRecord.js";
import { shown } from "../text/words.js";

/** Lines, one per difference; empty when there are none. */
export function diffRuns(a: RunRecord, b: RunRecord, cache: Store): string[] {
  const changes = (from: unknown, to: unknown, path: string) =>
    differences(from, to, path).map(({ path, from, to }) => `${path} ${told(from)} → ${told(to)}`);
  const values = [...changes(a.params, b.params, "params"), ...changes(a.matrix, b.matrix, "matrix")];
  const steps = [...new Set([...Object.keys(a.steps), ...Object.keys(b.steps)])].flatMap((id) => {
    const [from, to] = [a.steps[id], b.steps[id]];
    if (from === undefined) return [`${id} is new`];
    if (to === undefined) return [`${id} is gone`];
    const failed = changes(a.failures[id], b.failures[id], "error");
    if (from === to) return headed(id, failed);
    const [before, after] = [cache.record(from), cache.record(to)];
    const params = changes(paramsOf(before), paramsOf(after), "params");
    const metrics = changes(metricsOf(from, cache, before), metricsOf(to, cache, after), "");
    return headed(id, [...failed, ...params, ...metrics]);
  });
  return [...values, ...steps];
}

function headed(id: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [id, ...lines.map((line) => `  ${line}`)];
}

function told(value: unknown): string {
  return value === undefined ? "none" : shown(value);
}

function paramsOf(record?: StoredRecord): unknown {
  return (record?.preimage as { params?: unknown } | undefined)?.params ?? {};
}

/** A table of more bytes than this is not a row of numbers. */
const LARGEST_ROW = 100_000;

/** The headline numbers of a result, or the single row of a table without them. */
function metricsOf(key: string, cache: Store, record?: StoredRecord): Record<string, unknown> {
  const summary = (record?.provenance.summary ?? []) as [string, unknown][];
  const found = cache.lookup(key);
  if (summary.length > 0 || !found.record || (record?.bytes ?? 0) > LARGEST_ROW) return Object.fromEntries(summary);
  const of = readArtifact(found.path);
  if (of.kind !== "table" || rowCount(of) !== 1) return {};
  const cells = Object.entries(of.columns).map(([name, column]) => [name, (column as ArrayLike<unknown>)[0]]);
  return Object.fromEntries(cells.filter(([, cell]) => typeof cell === "number" || typeof cell === "string"));
}
