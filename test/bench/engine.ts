/**
 * What the engine itself takes: planning and status of a warm pipeline of 10,000 steps (limit 1 s), a cached step (limit
 * 0.1 ms), the running of a step that does nothing (limit 5 ms), and the start of commands (limits 0.15 and 0.5 s).
 *
 *   npm run bench -- engine [steps]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const cli = join(process.cwd(), "dist/src/cli/main.js");
const steps = Number(process.argv[2] ?? 10_000);
const points = Math.ceil(steps / 4);

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

const folder = mkdtempSync(join(tmpdir(), "cirque-engine-"));
writeFileSync(join(folder, "trivial.mjs"), trivial);
writeFileSync(join(folder, "p.yaml"), pipeline);

function timed(args: string[], repeats: number): number {
  const times = Array.from({ length: repeats }, () => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return (performance.now() - start) / 1000;
  });
  return Math.min(...times);
}

const row = (what: string, value: string, limit: string) =>
  console.log(`${what.padEnd(52)} ${value.padStart(10)}   limit ${limit}`);
const node = Math.min(
  ...Array.from({ length: 5 }, () => {
    const start = performance.now();
    spawnSync(process.execPath, ["-e", "0"]);
    return (performance.now() - start) / 1000;
  }),
);
const count = 4 * points + 1;
row("node itself", `${node.toFixed(3)} s`, "-");
row("cirque --version", `${timed(["--version"], 5).toFixed(3)} s`, "0.15 s");
row(
  "cirque check pipelines/quickstart.yaml",
  `${timed(["check", join(process.cwd(), "pipelines/quickstart.yaml")], 5).toFixed(3)} s`,
  "0.5 s",
);
const first = timed(["run", "p.yaml", "-q"], 1);
row(`run of ${count} steps that do nothing, each`, `${((1000 * first) / count).toFixed(2)} ms`, "5 ms");
row(`status of ${count} cached steps`, `${timed(["status", "p.yaml"], 3).toFixed(2)} s`, "1 s");
row(
  `run of ${count} cached steps, each`,
  `${((1000 * timed(["run", "p.yaml", "-q"], 3)) / count).toFixed(3)} ms`,
  "0.1 ms",
);
rmSync(folder, { recursive: true, force: true });
