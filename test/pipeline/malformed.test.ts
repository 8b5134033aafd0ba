import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { loadPipeline } from "../../src/pipeline/config.js";
import { ConfigError } from "../../src/pipeline/configFile.js";
import { plan } from "../../src/pipeline/plan.js";
import { withModules } from "../../src/pipeline/stageModule.js";
import { loadStages } from "../../stages/index.js";
import { good, hostile, type Malformed, mutations } from "./malformedConfigs.js";

const stages = await loadStages();

const folder = mkdtempSync(join(tmpdir(), "cirque-malformed-"));
const path = join(folder, "p.yaml");
after(() => rmSync(folder, { recursive: true }));

/** What the program does before anything runs: the message of a fault, undefined where there is none. */
async function complaint(content: string | Uint8Array): Promise<string | undefined> {
  writeFileSync(path, content);
  try {
    const pipeline = loadPipeline(path);
    plan(pipeline, await withModules(pipeline, stages));
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ConfigError, (error as Error).stack);
    return error.message;
  }
}

/** Each fault has its place, and nothing that a terminal would obey. */
function requireGoodMessage(message: string, what: string): void {
  assert.match(message, /^\/[^\n]*\.yaml:\d+:\d+ \S/, what);
  assert.doesNotMatch(message, /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069\u2028]/u, what);
  assert.doesNotMatch(message, /\n +at |Maximum call stack|is not a function|Cannot read prop/, `${what}: ${message}`);
  assert.ok(message.length < 100_000, `${what}: ${message.length} characters`);
}

setFlagsFromString("--expose-gc");
/** What one file leaves behind is not held against the next. */
const collectGarbage: () => void = runInNewContext("gc");

interface Costly {
  what: string;
  seconds: number;
}

/** Seconds of the processor that a file may take; a third of it on a quiet machine. */
const LONGEST = 3;

/** Those of these files that are not refused; each is soon. */
async function refused(cases: readonly Malformed[]): Promise<string[]> {
  const accepted: string[] = [];
  const costs: Costly[] = [];
  for (const { what, content } of cases) {
    if (process.memoryUsage().heapUsed > 60e6) collectGarbage();
    const before = process.cpuUsage();
    const message = await complaint(content);
    const { user, system } = process.cpuUsage(before);
    costs.push({ what, seconds: (user + system) / 1e6 });
    if (message === undefined) accepted.push(what);
    else requireGoodMessage(message, what);
  }
  costs.sort((a, b) => b.seconds - a.seconds);
  const told = costs.slice(0, 3).map(({ what, seconds }) => `${what} ${seconds.toFixed(2)} s`);
  console.log(`${cases.length} files, ${accepted.length} without a fault; the costliest: ${told.join(", ")}`);
  assert.deepEqual(
    costs.filter(({ seconds }) => seconds > LONGEST).map(({ what }) => what),
    [],
  );
  assert.deepEqual(readdirSync(folder), ["p.yaml"], "nothing is written");
  return accepted;
}

test("what the mutations begin with has no fault", async () => {
  for (const text of good) assert.equal(await complaint(text), undefined);
});

test("hostile files are refused, each at its place, soon, and without much memory", async () => {
  assert.deepEqual(await refused(hostile()), []);
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(`${megabytes.toFixed(0)} MB at most`);
  assert.ok(megabytes < 300, `${megabytes} MB`);
});

test("files that a hand has broken are refused at the place, or are still good", async () => {
  const cases = mutations(500);
  const accepted = await refused(cases);
  assert.ok(cases.length - accepted.length >= 350, `${accepted.length} accepted: ${accepted.join("; ")}`);
});

test("the program ends with exit code 2, and writes nothing", () => {
  const cases = [...hostile().filter((_, i) => i % 13 === 0), ...mutations(500).filter((_, i) => i % 100 === 3)];
  const cli = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
  const place = join(folder, "place");
  for (const { what, content } of cases) {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "p.yaml"), content);
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "run", join(place, "p.yaml"), "-n"], {
      cwd: place,
      encoding: "utf8",
    });
    assert.equal(status, 2, `${what}: ${stderr}`);
    assert.equal(stdout, "", what);
    requireGoodMessage(stderr.trimEnd(), what);
    assert.deepEqual(readdirSync(place), ["p.yaml"], `${what}: nothing is written`);
  }
  rmSync(place, { recursive: true });
});
