import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const cli = join(process.cwd(), "dist/src/cli/main.js");
const text = "stages: { a: { uses: load-data, with: { name: blobs, count: 5 } } }\npublish: [a]\n";

function cirque(folder: string, ...args: string[]) {
  return spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8" });
}

test("results go to the project of the pipeline file, wherever the command is called", () => {
  const project = realpathSync(mkdtempSync(join(tmpdir(), "cirque-project-")));
  for (const folder of ["pipelines/deep", "other"]) mkdirSync(join(project, folder), { recursive: true });
  writeFileSync(join(project, "package.json"), "{}");
  writeFileSync(join(project, "pipelines/deep/p.yaml"), text);
  const ran = cirque(join(project, "pipelines"), "run", "deep/p.yaml", "-q");
  assert.equal(ran.status, 0, ran.stderr);
  assert.match(ran.stdout, new RegExp(`^${project}/results/p/`), "a place outside the working folder is told in full");
  assert.deepEqual(
    ["pipelines/results", "pipelines/deep/results", "results/.cache"].map((path) => existsSync(join(project, path))),
    [false, false, true],
  );
  const elsewhere = cirque(join(project, "other"), "status", "../pipelines/deep/p.yaml", "--exit-code");
  assert.equal(elsewhere.status, 0, "a sibling folder finds what is cached");
  assert.match(cirque(join(project, "other"), "verify").stdout, /^1 result, .*all intact/);
  const own = cirque(project, "status", "pipelines/deep/p.yaml", "--exit-code", "--results", "elsewhere");
  assert.equal(own.status, 3, "--results is another place");
});

test("without a project around it the file's own folder holds the results", () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "cirque-alone-")));
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "sub/p.yaml"), text);
  assert.match(cirque(folder, "run", "sub/p.yaml", "-q").stdout, /^sub\/results\/p\//);
});
