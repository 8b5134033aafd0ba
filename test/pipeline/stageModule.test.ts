import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const cli = join(process.cwd(), "dist/src/cli/main.js");

/** A fresh folder with these files. */
function workplace(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-own-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function cirque(folder: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

const landscape = "x,y,loss\n0,0,3\n1,0,2\n0,1,1\n1,1,0\n";

const stage = `export default {
  version: 1,
  inputs: { grid: { kinds: ["grid"] } },
  output: "table",
  schema: { type: "object", additionalProperties: false, properties: { factor: { type: "number", default: 2 } } },
  async run({ params, input }) {
    return { columns: { loss: input("grid").columns.loss.map((loss) => loss * params.factor) }, summary: { factor: params.factor } };
  },
};
`;

const withModule = `stages:
  grid: { uses: import-grid, with: { path: losses.csv, column: loss } }
  scaled: { uses: ./scale.mjs, from: { grid: grid }, with: { factor: 3 } }
`;

test("a module of one's own is a stage with the same contract, run again when its text changes", () => {
  const folder = workplace({ "p.yaml": withModule, "losses.csv": landscape, "scale.mjs": stage });
  const first = cirque(folder, "run", "p.yaml");
  assert.equal(first.status, 0, first.stderr);
  assert.equal(readFileSync(join(folder, "results/p/tables/scaled.csv"), "utf8"), "loss\r\n9\r\n6\r\n3\r\n0\r\n");
  assert.match(cirque(folder, "run", "p.yaml").stderr, /all cached/);
  writeFileSync(join(folder, "scale.mjs"), stage.replace("loss * params", "2 * loss * params"));
  assert.match(cirque(folder, "run", "p.yaml").stderr, /1 cached, 1 to run/);
  assert.equal(readFileSync(join(folder, "results/p/tables/scaled.csv"), "utf8"), "loss\r\n18\r\n12\r\n6\r\n0\r\n");
});

test("a module without a stage, and parameters that its schema does not have, are found before anything runs", () => {
  const complaint = (module: string, pipeline = withModule) => {
    const folder = workplace({ "p.yaml": pipeline, "losses.csv": landscape, "scale.mjs": module });
    const { status, stderr } = cirque(folder, "check", "p.yaml");
    assert.equal(status, 2);
    return stderr.replaceAll(folder, "");
  };
  assert.match(
    complaint(stage, withModule.replace("factor: 3", "fcator: 3")),
    /p\.yaml:3:\d+ scaled has no "fcator"; .*did you mean "factor"\?/,
  );
  assert.match(
    complaint(stage, withModule.replace("scale.mjs", "other.mjs")),
    /p\.yaml:3:19 scaled uses .*other\.mjs: no such file/,
  );
  assert.match(complaint("export default 3;"), /scaled uses .*scale\.mjs: its default export is 3; expected a stage/);
  assert.match(complaint(stage.replace('"table"', '"tabel"')), /output is "tabel"; expected "dataset"/);
  assert.match(complaint(stage.replace('["grid"]', "[]")), /inputs\.grid\.kinds is \[\]; expected a list/);
  assert.match(complaint(stage.replace('type: "object"', 'type: "objekt"')), /schema is not a JSON Schema/);
  assert.match(complaint("export default {"), /scaled uses .*scale\.mjs: Unexpected/);
});

test("what a module gives is checked", () => {
  const folder = workplace({
    "p.yaml": withModule,
    "losses.csv": landscape,
    "scale.mjs": stage.replace('output: "table"', 'output: "barcode"'),
  });
  const { status, stderr } = cirque(folder, "run", "p.yaml");
  assert.equal(status, 1);
  assert.match(stderr, /scaled: barcode\.dimension is missing; expected int/);
});
