import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "cirque-package-"));
const packed: { filename: string; size: number; files: { path: string }[] } = JSON.parse(
  execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }),
)[0];
const paths = packed.files.map(({ path }) => path);

function inFolder(command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/**
 * Installs the package in the empty folder as `npm install --ignore-scripts` would, but without copies: its
 * dependencies, and the types of Node, are links to those of this project.
 */
before(() => {
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "cirque"), { recursive: true });
  inFolder("tar", "xzf", packed.filename, "-C", "node_modules/cirque", "--strip-components=1");
  const { dependencies, bin } = JSON.parse(readFileSync(join(modules, "cirque/package.json"), "utf8"));
  for (const name of [...Object.keys(dependencies), "@types/node", "undici-types"]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  mkdirSync(join(modules, ".bin"));
  symlinkSync(join("../cirque", bin.cirque), join(modules, ".bin/cirque"));
  execFileSync("chmod", ["+x", join(modules, "cirque", bin.cirque)]);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  for (const name of readdirSync(join(root, "test/fixtures/consumer"))) {
    cpSync(join(root, "test/fixtures/consumer", name), join(folder, name));
  }
  for (const [i, block] of documentedPrograms().entries()) writeFileSync(join(folder, `documented${i}.ts`), block);
});

/** The programs of the READMEs that import the library. */
function documentedPrograms(): string[] {
  const texts = ["README.md", "stages/README.md"].map((path) => readFileSync(join(root, path), "utf8"));
  const blocks = texts.flatMap((text) => [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, block]) => block));
  return blocks.filter((block) => block.includes('from "cirque"'));
}

/** What `cirque init my_loss.py` copies, and the page that it refers to. */
const external = ["stages/inputs/external.py", "stages/inputs/external.md"];

test("the package holds what runs, its types and schemas, and nothing else", () => {
  for (const path of [
    "dist/src/index.js",
    "dist/src/index.d.ts",
    "dist/src/index.js.map",
    "dist/src/run/worker.js",
    "dist/stages/train.js",
    "dist/schemas/train.cjs",
    "schemas/train.json",
    "schemas/editor.json",
    "pipelines/quickstart.yaml",
    "README.md",
    "LICENSE",
    ...external,
  ]) {
    assert.ok(paths.includes(path), `${path} is missing`);
  }
  const wrong = paths.filter(
    (path) =>
      !external.includes(path) &&
      /^(src|stages|test|dist\/test|dist\/src\/build|results)\/|tsbuildinfo|\.cache/.test(path),
  );
  assert.deepEqual(wrong, []);
  assert.ok(packed.size < 4e6, `the package has ${packed.size} bytes`);
});

test("a TypeScript program and a stage compile against the package, with every declaration checked, and run", () => {
  const options = [
    "--target",
    "es2023",
    "--lib",
    "es2023",
    "--module",
    "nodenext",
    "--types",
    "node",
    "--outDir",
    "dist",
  ];
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  inFolder(
    "node",
    tsc,
    "--strict",
    ...options,
    "program.ts",
    "secondDifferences.ts",
    ...documentedPrograms().map((_, i) => `documented${i}.ts`),
  );
  assert.equal(documentedPrograms().length, 2);
  const said = JSON.parse(inFolder("node", "dist/program.js"));

  assert.deepEqual(said.bars, [[0, "Infinity"], [1, "4"]]); // biome-ignore format: as bars are drawn
  assert.equal(said.bottleneck, 0);
  assert.equal(said.width, 5);
  // loss = x² + 3y² at (1, 2); its Hessian is diag(2, 6).
  assert.deepEqual(said.derivatives, { loss: [13], gradient: [2, 12], product: [2, 6] });
  assert.deepEqual(said.eigenvalues, [40, 39]);
  assert.deepEqual([said.vectorLength, said.density, said.phate], [40, 1, 60]);
  assert.ok(Math.abs(said.trace - 820) <= 8 * 4, `trace ${said.trace}`);
  assert.deepEqual(said.along, [0, 16]);
  assert.match(said.refused, /architecture.*mpl.*mlp/s);

  assert.ok(
    said.states.every((state: string) => state.endsWith(" done")),
    said.states.join(),
  );
  assert.equal(said.copied, 25);
  assert.equal(said.roughness[1], 2 * said.roughness[0]);
  assert.ok(said.files.some((file: string) => file.endsWith("tables/summary.csv")));
  assert.match(said.fault, /^wrong\.yaml:3:\d+ tree uses the unknown stage "merg-tree"; did you mean "merge-tree"\?/);
});

test("npx cirque works beside the program, and finds what the program has computed", () => {
  assert.match(inFolder("npx", "--no-install", "cirque", "check", "landscape.yaml"), /ok/);
  const status = inFolder("npx", "--no-install", "cirque", "status", "landscape.yaml", "--set", "steps=5");
  assert.match(status, /cached\s+roughness@scale=2/);
  inFolder("npx", "--no-install", "cirque", "init", "first.yaml");
  assert.ok(existsSync(join(folder, "first.yaml")));
  assert.match(inFolder("npx", "--no-install", "cirque", "check", "first.yaml"), /ok/);
});

test("what is internal cannot be imported", () => {
  for (const path of ["cirque/dist/src/topology/mergeTree.js", "cirque/src/index.js", "cirque/stages/train.js"]) {
    const program = `await import(${JSON.stringify(path)}).then(() => console.log("reachable"), (e) => console.log(e.code))`;
    assert.equal(inFolder("node", "--input-type=module", "-e", program).trim(), "ERR_PACKAGE_PATH_NOT_EXPORTED", path);
  }
});
