/** Publishes results as files for people: report.html, figures, tables, and a manifest without clock times. */
import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join, normalize, sep } from "node:path";
import type { Artifact } from "../artifact/artifact.js";
import { readArtifact } from "../artifact/artifactFile.js";
import { canonicalJson } from "../artifact/canonicalJson.js";
import { pointLabel } from "../pipeline/matrix.js";
import type { Plan } from "../pipeline/plan.js";
import type { Step } from "../pipeline/step.js";
import type { Outcome } from "../run/outcome.js";
import { isAbandoned, storeError } from "../store/atomicFile.js";
import { hashFile } from "../store/contentHash.js";
import { withFileLock } from "../store/fileLock.js";
import { csv, isVectors } from "./export/csv.js";

interface Manifest {
  pipeline: string;
  params: Record<string, unknown>;
  matrix: Record<string, unknown>;
  steps: Record<string, unknown>[];
  failures: { step: string; error: string }[];
  files: Record<string, string>;
}

/** Bytes, or a file of the store to copy, because it may be larger than the memory. */
type Content = Uint8Array | { path: string; sha256: string };

/**
 * Writes the published artifacts of a plan to `folder`, and touches only files whose content changed. With `complete`,
 * files of an earlier publication that are no longer made are removed; otherwise (a run of some targets) they stay.
 * Resolves to the paths by role.
 */
export function publish(
  { pipeline, published }: Plan,
  outcomes: readonly Outcome[],
  folder: string,
  complete: boolean,
): { reports: string[]; files: string[] } {
  const files = new Map<string, Content>();
  const manySteps = outcomes.filter(({ step }) => step.definition.output === "report").length > 1;
  for (const outcome of outcomes) {
    if ("error" in outcome || !published.has(outcome.step.stage)) continue;
    const stored = { path: outcome.path, sha256: outcome.object };
    for (const [name, content] of filesOf(outcome.step, stored, manySteps)) files.set(name, content);
  }
  const hashes = Object.fromEntries([...files].map(([name, content]) => [name, sha256(content)]));
  const made = manifestOf(pipeline, outcomes, hashes);
  try {
    // Two runs of some targets each may publish at once, and the manifest names the files of both.
    withFileLock(join(folder, ".publishing"), () => {
      const before = readManifest(join(folder, "manifest.json"));
      const manifest = complete || before === undefined ? made : merged(before, made, pipeline);
      files.set("manifest.json", new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`));
      for (const [name, content] of files) writeIfChanged(join(folder, name), content);
      if (complete) {
        for (const name of Object.keys(before?.files ?? {})) {
          if (!files.has(name) && staysInside(name)) rmSync(join(folder, name), { force: true });
        }
      }
      sweepDrafts(folder);
    });
  } catch (error) {
    throw storeError(folder, error);
  }
  return {
    reports: [...files.keys()].filter((name) => name.endsWith(".html")).map((name) => join(folder, name)),
    files: [...files.keys()].map((name) => join(folder, name)),
  };
}

/** Throws StoreError where results could not be published in a folder, so that nobody computes them first. */
export function requirePublishable(folder: string): void {
  let found = folder;
  while (!existsSync(found)) found = dirname(found);
  try {
    // With the dot, a file is an error, too.
    accessSync(`${found}${sep}.`, constants.W_OK);
  } catch (error) {
    throw storeError(folder, error);
  }
}

const sorted = (value: unknown) => JSON.parse(canonicalJson(value));

/** What a run has made. Names in alphabetical order, so that the order in the pipeline file does not matter. */
function manifestOf(
  pipeline: Plan["pipeline"],
  outcomes: readonly Outcome[],
  hashes: Record<string, string>,
): Manifest {
  return {
    failures: outcomes.flatMap((outcome) =>
      "error" in outcome ? [{ error: outcome.error, step: outcome.step.id }] : [],
    ),
    files: sorted(hashes),
    matrix: sorted(pipeline.matrix.axes),
    params: sorted(pipeline.params),
    pipeline: pipeline.name,
    steps: outcomes.map((outcome) => manifestEntry(outcome)),
  };
}

/** The manifest of a run of some targets, with what it leaves of an earlier one: files, and steps of the pipeline. */
function merged(before: Manifest, made: Manifest, { stages }: Plan["pipeline"]): Manifest {
  const own = new Set(made.steps.map(({ step }) => step));
  const places = new Map(stages.map(({ name }, i) => [name, i]));
  const placeOf = (step: unknown) => places.get(String(step).split("@", 1)[0]) ?? -1;
  const isLeft = ({ step }: { step?: unknown }) => !own.has(step) && placeOf(step) >= 0;
  const inOrder = <T extends { step?: unknown }>(entries: T[]) =>
    entries.sort((a, b) => placeOf(a.step) - placeOf(b.step) || (String(a.step) < String(b.step) ? -1 : 1));
  return {
    ...made,
    failures: inOrder([...(before.failures ?? []).filter(isLeft), ...made.failures]),
    files: sorted({ ...before.files, ...made.files }),
    steps: inOrder([...(before.steps ?? []).filter(isLeft), ...made.steps]),
  };
}

function manifestEntry({ step, ...outcome }: Outcome): Record<string, unknown> {
  const { name, version } = step.definition;
  const { seed } = step.params;
  return {
    key: step.key,
    ...(seed !== undefined && { seed: JSON.parse(canonicalJson(seed)) }),
    ...("object" in outcome && { sha256: outcome.object }),
    step: step.id,
    uses: name,
    version,
  };
}

/** The files of one artifact, by path below the results folder. */
function filesOf(step: Step, stored: { path: string; sha256: string }, manyReports: boolean): [string, Content][] {
  const label = pointLabel(step.point);
  const name = label === "" ? step.title : `${step.title}@${label}`;
  const text = (content: string) => new TextEncoder().encode(content);
  const of = readArtifact(stored.path);
  if (of.kind === "report") {
    return [[manyReports ? `report-${name}.html` : "report.html", text((of.columns.html as string[])[0])]];
  }
  if (of.kind === "figure") {
    return [
      [`figures/${name}.svg`, text((of.columns.svg as string[])[0])],
      [`figures/${name}.png`, (of.columns.png as Uint8Array[])[0]],
      ...(of.columns.pdf ? [pdfOf(of, name)] : []),
    ];
  }
  const arrow: [string, Content] = [`tables/${name}.arrow`, stored];
  const wide = of.kind !== "embedding" && Object.values(of.columns).some(isVectors);
  return wide ? [arrow] : [[`tables/${name}.csv`, csv(of)], arrow];
}

function readManifest(path: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}

function writeIfChanged(path: string, content: Content): void {
  if (isWritten(path, content)) return;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.draft-${hostname()}-${process.pid}`;
  try {
    if (content instanceof Uint8Array) {
      writeFileSync(draft, content);
    } else {
      copyFileSync(content.path, draft);
      chmodSync(draft, 0o644);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Removes the leftovers of runs that were killed. */
function sweepDrafts(folder: string): void {
  const names = existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]) : [];
  for (const name of names) {
    if (isAbandoned(name.match(/\.draft-(.*)-(\d+)$/))) rmSync(join(folder, name), { force: true });
  }
}

function isWritten(path: string, content: Content): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  if (content instanceof Uint8Array) return readFileSync(path).equals(content);
  return statSync(path).size === statSync(content.path).size && hashFile(path) === content.sha256;
}

function staysInside(name: string): boolean {
  const path = normalize(name);
  return !path.startsWith("..") && !path.startsWith(sep);
}

function sha256(content: Content): string {
  if (!(content instanceof Uint8Array)) return content.sha256;
  return createHash("sha256").update(content).digest("hex");
}

function pdfOf(of: Artifact, name: string): [string, Content] {
  return [`figures/${name}.pdf`, (of.columns.pdf as Uint8Array[])[0]];
}
