import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const cli = join(process.cwd(), "dist/src/cli/main.js");
const arrow = createRequire(import.meta.url).resolve("apache-arrow");

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

/**
 * Reads what is at the port `grid`, and writes its losses times a factor, with 64-bit whole numbers, texts and gaps.
 */
const script = `const { tableFromIPC, vectorFromArray, Table, Int64, tableToIPC } = require(${JSON.stringify(arrow)});
const { readFileSync, writeFileSync } = require("node:fs");
const { factor } = JSON.parse(process.env.CIRQUE_PARAMS);
const losses = Array.from(tableFromIPC(readFileSync(process.env.CIRQUE_INPUT_GRID)).getChild("loss"));
console.log("scaling " + losses.length + " losses");
const table = new Table({
  loss: vectorFromArray(losses.map((loss) => loss * factor)),
  row: vectorFromArray(losses.map((_, i) => BigInt(i)), new Int64()),
  name: vectorFromArray(losses.map((_, i) => "row " + i)),
  gap: vectorFromArray(losses.map((_, i) => (i === 1 ? null : i / 2))),
});
writeFileSync(process.env.CIRQUE_OUTPUT, tableToIPC(table, "file"));
`;

const withShell = `params: { factor: 2 }
stages:
  grid: { uses: import-grid, with: { path: losses.csv, column: loss } }
  scaled:
    uses: shell
    from: { grid: grid }
    with: { command: '"${process.execPath}" scale.cjs', output: points, params: { factor: "\${factor}" }, files: [scale.cjs] }
publish: [scaled]
`;

test("a script in another language is a stage, run again when its params or its text change", () => {
  const folder = workplace({ "p.yaml": withShell, "losses.csv": landscape, "scale.cjs": script });
  const first = cirque(folder, "run", "p.yaml");
  assert.equal(first.status, 0, first.stderr);
  assert.equal(
    readFileSync(join(folder, "results/p/tables/scaled.csv"), "utf8"),
    "loss,row,name,gap\r\n6,0,row 0,0\r\n4,1,row 1,NaN\r\n2,2,row 2,1\r\n0,3,row 3,1.5\r\n",
  );
  assert.match(cirque(folder, "run", "p.yaml").stderr, /all cached/);
  assert.match(cirque(folder, "run", "p.yaml", "--set", "factor=3").stderr, /1 cached, 1 to run/);
  writeFileSync(join(folder, "scale.cjs"), `${script}\n`);
  assert.match(cirque(folder, "run", "p.yaml").stderr, /1 cached, 1 to run/);
});

test("a command that fails, writes nothing, or not what it is to write says so", () => {
  const failing = (command: string, output = "points") => {
    const text = withShell
      .replace(`'"${process.execPath}" scale.cjs'`, () => JSON.stringify(command))
      .replace("output: points", `output: ${output}`);
    const folder = workplace({ "p.yaml": text, "losses.csv": landscape, "scale.cjs": script });
    const { status, stderr } = cirque(folder, "run", "p.yaml");
    assert.equal(status, 1);
    return stderr;
  };
  assert.match(
    failing("echo 'no such thing' >&2; exit 3"),
    /scaled: the command ended with exit code 3:\nno such thing/,
  );
  assert.match(failing("true"), /scaled: the command succeeded, but wrote nothing to \$CIRQUE_OUTPUT/);
  for (const command of ["mkfifo $CIRQUE_OUTPUT", "ln -s /dev/zero $CIRQUE_OUTPUT"])
    assert.match(failing(command), /scaled: the command made \$CIRQUE_OUTPUT something else than a file/);
  assert.match(failing("echo text > $CIRQUE_OUTPUT"), /is not of kind points: /);
  assert.match(
    failing(`"${process.execPath}" scale.cjs`, "barcode"),
    /is not of kind barcode: barcode\.dimension is missing; expected int/,
  );
  assert.match(failing("kill -9 $$"), /scaled: the command was ended by SIGKILL and said nothing/);
});

test("an unknown kind of output, or one that a value gives, is found before anything runs", () => {
  for (const [output, advice] of [
    ["pionts", 'did you mean "points"'],
    ['"${kind}"', "written out"],
  ]) {
    const text = withShell
      .replace("output: points", `output: ${output}`)
      .replace("factor: 2", "factor: 2, kind: points");
    const { status, stderr } = cirque(
      workplace({ "p.yaml": text, "losses.csv": landscape, "scale.cjs": script }),
      "check",
      "p.yaml",
    );
    assert.equal(status, 2);
    assert.match(stderr, /p\.yaml:7:\d+ scaled\.output is ".*"; expected "dataset", /);
    assert.ok(stderr.includes(advice), stderr);
  }
});

test("a run that is interrupted twice ends the command and what it has started", { timeout: 60_000 }, async () => {
  const text = "stages: { long: { uses: shell, with: { command: 'sleep 600 & echo $! > child; wait' } } }\n";
  const folder = workplace({ "p.yaml": text });
  const run = spawn(process.execPath, [cli, "run", "p.yaml"], { cwd: folder, stdio: "ignore" });
  const child = await eventually(() => Number(readFileSync(join(folder, "child"), "utf8")));
  run.kill("SIGINT");
  await sleep(500);
  process.kill(child, 0);
  run.kill("SIGINT");
  const ended = await new Promise((resolve) => run.on("exit", (code, signal) => resolve(code ?? signal)));
  assert.ok(ended === 130 || ended === "SIGINT", String(ended));
  await eventually(() => assert.throws(() => process.kill(child, 0)));
});

/** What `attempt` gives, as soon as it does not throw. */
async function eventually<T>(attempt: () => T): Promise<T> {
  for (let i = 0; i < 400; i++) {
    try {
      return attempt();
    } catch {
      await sleep(50);
    }
  }
  return attempt();
}
