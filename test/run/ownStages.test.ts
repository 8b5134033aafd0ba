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
  assert.match(failing("echo text > $CIRQUE_OUTPUT"), /is not of kind points: /);
  assert.match(
    failing(`"${process.execPath}" scale.cjs`, "barcode"),
    /is not of kind barcode: barcode\.dimension is missing; expected int/,
  );
  assert.match(failing("kill -9 $$"), /scaled: the command was ended by SIGKILL and said nothing/);
});

test("an unknown kind of output, or one that a value gives, is found before anything runs", () => {
  for (const output of ["pionts", '"${kind}"']) {
    const text = withShell
      .replace("output: points", `output: ${output}`)
      .replace("factor: 2", "factor: 2, kind: points");
    const { status, stderr } = cirque(
      workplace({ "p.yaml": text, "losses.csv": landscape, "scale.cjs": script }),
      "check",
      "p.yaml",
    );
    assert.equal(status, 2);
    assert.match(stderr, /p\.yaml:7:\d+ scaled\.output is ".*"; expected "dataset", .* written out/);
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

test("lists of numbers become columns; what is not a column, an Error or plain JSON is told as a fault of the module", () => {
  const own = (body: string) => {
    const folder = workplace({
      "p.yaml": "stages: { own: { uses: ./own.mjs } }\n",
      "own.mjs": `export default { version: 1, inputs: {}, output: "table", async run() { ${body} } };\n`,
    });
    const { status, stderr } = cirque(folder, "run", "p.yaml");
    const table = status === 0 ? readFileSync(join(folder, "results/p/tables/own.csv"), "utf8") : "";
    return { status, stderr, table };
  };
  const lists = own("return { columns: { v: [1, 2], w: Float64Array.of(3, 4), t: ['a', 'b'] } };");
  assert.equal(lists.table, "v,w,t\r\n1,3,a\r\n2,4,b\r\n");
  const faults: [string, RegExp][] = [
    ["return { columns: { v: [1, 'a'] } };", /own\.mjs: the column v has "a" in row 2; expected a Float64Array/],
    ["return { columns: { v: [1n, 2n] } };", /own\.mjs: the column v has .* in row 1/],
    ["return { columns: { v: new Map() } };", /own\.mjs: the column v is \{\}; expected/],
    ["return { columns: [] };", /own\.mjs gave columns that are \[\]/],
    ["return null;", /own\.mjs gave null; expected \{ columns/],
    ["throw null;", /own\.mjs threw null; expected an Error/],
    ["throw { a: 1 };", /own\.mjs threw \{"a":1\}; expected an Error/],
    [
      "const metadata = {}; metadata.own = metadata; return { columns: {}, metadata };",
      /metadata is not plain JSON: it/,
    ],
    ["return { columns: {}, summary: { n: 1n } };", /own\.mjs: summary is not plain JSON: .*BigInt/],
    [
      "setTimeout(() => { throw new Error('too late'); }, 50); return new Promise(() => setTimeout(() => {}, 1e6));",
      /own: own\.mjs threw outside its run: too late; await every promise/,
    ],
    ["const e = new Error('odd'); e.more = () => 1; throw e;", /own: odd\n/],
  ];
  for (const [body, message] of faults) {
    const { status, stderr } = own(body);
    assert.equal(status, 1, body);
    assert.match(stderr, message, body);
    assert.doesNotMatch(stderr, /\n +at /, body);
  }
});

test("a rejection that comes after the result of a module is a warning about that module, and harms no other step", () => {
  const late = `export default { version: 1, inputs: { before: { kinds: ["table"], optional: true } }, output: "table", async run({ ports }) {
    if (ports.length === 0) setTimeout(() => Promise.reject(new Error("too late")), 300);
    else await new Promise((wake) => setTimeout(wake, 800));
    return { columns: { v: [1] } };
  } };\n`;
  const folder = workplace({
    "p.yaml": "stages:\n  a: { uses: ./late.mjs }\n  b: { uses: ./wait.mjs, from: { before: a } }\n",
    "late.mjs": late,
    "wait.mjs": late,
  });
  const { status, stderr } = cirque(folder, "run", "p.yaml", "-j", "1");
  assert.equal(status, 0, stderr);
  assert.match(stderr, /warning a: late\.mjs threw outside its run: too late/);
});

test("what a module prints is in the log of its step, and never among the events or the paths on stdout", () => {
  const loud = `console.log("loading");
export default { version: 1, inputs: {}, output: "table", async run() {
  console.log("said aloud");
  process.stdout.write("raw\\n");
  console.error("complained");
  return { columns: { v: [1] } };
} };\n`;
  const folder = workplace({ "p.yaml": "stages: { loud: { uses: ./loud.mjs } }\n", "loud.mjs": loud });
  const { status, stdout } = cirque(folder, "run", "p.yaml", "--json");
  assert.equal(status, 0);
  for (const line of stdout.trimEnd().split("\n")) assert.ok(JSON.parse(line).event, line);
  assert.match(cirque(folder, "logs", "p.yaml", "loud").stdout, /said aloud\nraw\ncomplained\n/);
});

test("a reader of the events who leaves early ends the run without a stack", () => {
  const text = withModule;
  const folder = workplace({ "p.yaml": text, "losses.csv": landscape, "scale.mjs": stage });
  const { stdout, stderr } = spawnSync("sh", ["-c", `"${process.execPath}" "${cli}" run p.yaml --json | head -1`], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.match(stdout, /^\{"event":"plan"/);
  assert.doesNotMatch(stderr, /EPIPE|\n +at /);
});
