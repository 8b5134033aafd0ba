/**
 * The time that the engine itself takes: planning and status of a warm pipeline of 10,000 steps (limit 1 s), a cached
 * step (limit 0.1 ms), a step that does nothing (limit 5 ms), and the start of commands (limits 0.15 and 0.5 s); and
 * plans with `where` and `by`, which should take no longer than one without (limit 1.1 times as long).
 *
 *   npm run bench -- engine [steps] [other main.js]
 *
 * With the program of another build, each command runs with both in turn, and the last column is the ratio.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { planFor } from "../../src/cli/planned.js";

const steps = Number(process.argv[2] ?? 10_000);
const programs = [join(process.cwd(), "dist/src/cli/main.js"), ...process.argv.slice(3).map((path) => resolve(path))];
const points = Math.ceil(steps / 4);
const count = 4 * points + 1;

const trivial = `export default {
  version: 1,
  inputs: { before: { kinds: ["table"], optional: true } },
  output: "table",
  schema: { type: "object", properties: { at: { type: "number" }, label: { type: "string", default: "x" } } },
  async run({ params }) {
    return { columns: { at: Float64Array.of(params.at) }, summary: { at: params.at } };
  },
};
`;
const pipeline = `matrix: { at: [${Array.from({ length: points }, (_, i) => i).join(", ")}] }
stages:
  one: { uses: ./trivial.mjs, with: { at: "\${at}" } }
  two: { uses: ./trivial.mjs, from: { before: one }, with: { at: 2 } }
  three: { uses: ./trivial.mjs, from: { before: two }, with: { at: "\${at}" } }
  four: { uses: ./trivial.mjs, from: { before: three }, with: { at: "\${at}" } }
  all: { uses: gather, from: { table: four } }
publish: [all]
`;

/**
 * The same number of steps over two axes. A plan with `where` keeps all points, one with `by` gathers each of the first
 * axis.
 */
const [across, down] = [Math.round(Math.sqrt(points)), Math.ceil(points / Math.round(Math.sqrt(points)))];
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i).join(", ");
const onTwoAxes = ({ where = "", by = "" }) => `matrix: { at: [${numbers(across)}], seed: [${numbers(down)}] }
stages:
  one: { uses: ./trivial.mjs, with: { at: "\${at * 1000 + seed}" }${where} }
  two: { uses: ./trivial.mjs, from: { before: one }, with: { at: 2 } }
  three: { uses: ./trivial.mjs, from: { before: two }, with: { at: "\${at}" } }
  four: { uses: ./trivial.mjs, from: { before: three }, with: { at: "\${at}" } }
  all: { uses: gather, from: { table: four }${by} }
`;
const plans = {
  plain: onTwoAxes({}),
  "where: a condition": onTwoAxes({ where: ', where: "seed >= 0 and at >= 0"' }),
  "where: a list": onTwoAxes({
    where: `, where: [${Array.from({ length: across }, (_, at) => `{ at: ${at} }`).join(", ")}]`,
  }),
  "by: an axis": onTwoAxes({ by: ", by: [at]" }),
};

/** One folder for each program: their stores do not meet. */
const folders = programs.map(() => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-engine-"));
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(folder, "trivial.mjs"), trivial);
  writeFileSync(join(folder, "p.yaml"), pipeline);
  return folder;
});

function seconds(args: string[], cwd: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return (performance.now() - start) / 1000;
}

/** The fastest of some runs of each program, which take turns; the time of `parts` parts is told for one. */
function measure(what: string, args: string[], repeats: number, limit: string, parts = 0): void {
  const best = programs.map(() => Infinity);
  for (let i = 0; i < repeats; i++) {
    for (const [k, program] of programs.entries()) best[k] = Math.min(best[k], seconds([program, ...args], folders[k]));
  }
  const shown = best.map((time) => (parts > 0 ? `${((1000 * time) / parts).toFixed(3)} ms` : `${time.toFixed(3)} s`));
  const ratio = best.length > 1 ? `   ratio ${(best[0] / best[1]).toFixed(2)}` : "";
  console.log(`${what.padEnd(46)} ${shown.map((text) => text.padStart(10)).join(" ")}   limit ${limit}${ratio}`);
}

const node = Math.min(...Array.from({ length: 5 }, () => seconds(["-e", "0"], folders[0])));
console.log(`${"node itself".padEnd(46)} ${`${node.toFixed(3)} s`.padStart(10)}`);
measure("cirque --version", ["--version"], 9, "0.15 s");
measure("cirque check quickstart.yaml", ["check", join(process.cwd(), "pipelines/quickstart.yaml")], 9, "0.5 s");
measure(`first run of ${count} steps, each`, ["run", "p.yaml", "-q"], 1, "5 ms", count);
measure(`status of ${count} cached steps`, ["status", "p.yaml"], 5, "1 s");
measure(`run of ${count} cached steps, each`, ["run", "p.yaml", "-q"], 5, "0.1 ms", count);
await measurePlans();
for (const folder of folders) rmSync(folder, { recursive: true, force: true });

/** The processor time of plans in this process, the fastest of some that take turns. */
async function measurePlans(): Promise<void> {
  const best = new Map(Object.keys(plans).map((name) => [name, Number.POSITIVE_INFINITY]));
  let planned = 0;
  for (let round = 0; round < 7; round++) {
    for (const [name, text] of Object.entries(plans)) {
      const path = join(folders[0], "plan.yaml");
      writeFileSync(path, text);
      const start = process.cpuUsage();
      const { steps } = await planFor(path, {}, []);
      const { user, system } = process.cpuUsage(start);
      planned = Math.max(planned, steps.length);
      best.set(name, Math.min(best.get(name) as number, (user + system) / 1e6));
    }
  }
  const plain = best.get("plain") as number;
  for (const [name, time] of best) {
    const ratio = name === "plain" ? "" : `   limit 1.1   ratio ${(time / plain).toFixed(2)}`;
    console.log(`${`plan of ${planned} steps, ${name}`.padEnd(46)} ${`${time.toFixed(3)} s`.padStart(10)}${ratio}`);
  }
}
