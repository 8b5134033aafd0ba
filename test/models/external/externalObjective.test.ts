import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { connect } from "../../../src/models/external/connection.js";
import { externalObjective } from "../../../src/models/external/externalObjective.js";
import { greet } from "../../../src/models/external/hello.js";

const answerer = fileURLToPath(new URL("./answerer.js", import.meta.url));
const command = (fault = "none", answers = "loss,gradient,hvp", how = "combinations") =>
  `'${process.execPath}' '${answerer}' '${fault}' ${answers} ${how}`;

/** The objective of a process, ready to be asked; `work` is given it, and what was logged. */
async function withObjective<T>(
  line: string,
  work: (objective: ReturnType<typeof externalObjective>, logged: string[]) => Promise<T>,
  {
    dtype = "f64" as "f32" | "f64",
    differences = true as boolean | { step: number },
    timeout = 20,
    watch = () => {},
  } = {},
): Promise<T> {
  const logged: string[] = [];
  const log = (text: string) => logged.push(text);
  const connection = connect({ command: line, folder: process.cwd(), timeout, log, watch });
  try {
    const hello = await greet(connection, dtype);
    return await work(externalObjective(connection, hello, { dtype, differences, tolerance: 1e-12, log }), logged);
  } finally {
    await connection.release();
  }
}

const loss = (x: number, y: number) => x ** 4 + x * y + y ** 2;

test("a process in another language answers losses, columns, gradients and products", async () => {
  await withObjective(command(), async (objective) => {
    assert.equal(objective.size, 2);
    const { loss: losses, double } = await objective.lossTerms(Float64Array.of(1, 2, -1, 0.5, 0, 0, 3, 1));
    assert.deepEqual([...losses], [loss(1, 2), loss(-1, 0.5), 0, loss(3, 1)], "more points than it takes at once");
    assert.deepEqual(
      [...double],
      [...losses].map((value) => 2 * value),
    );
    const { gradient } = await objective.lossAndGradient(Float64Array.of(1, 2));
    assert.deepEqual([...gradient], [6, 5]);
    assert.deepEqual(
      [...(await objective.hessianVectorProduct(Float64Array.of(1, 2), Float64Array.of(1, -1)))],
      [11, -1],
    );
  });
});

for (const how of ["combinations", "points"]) {
  test(`points along directions are sent as ${how}`, async () => {
    await withObjective(command("none", "loss", how), async (objective) => {
      const along = objective.lossAlong(Float64Array.of(1, 2), [Float64Array.of(1, 0), Float64Array.of(1, 1)]);
      const { loss: found } = await along(Float64Array.of(0, 0, 1, 0, 0.5, -1, 0, 2));
      assert.deepEqual([...found], [loss(1, 2), loss(2, 2), loss(0.5, 1), loss(3, 4)]);
    });
  });
}

test("what a process does not answer is approximated by central differences, and their error is stated", async () => {
  for (const [answers, tolerance] of [
    ["loss", 1e-6],
    ["loss,gradient", 1e-8],
  ] as const) {
    await withObjective(command("none", answers), async (objective, logged) => {
      const theta = Float64Array.of(1, 2);
      const { gradient } = await objective.lossAndGradient(theta);
      const product = await objective.hessianVectorProduct(theta, Float64Array.of(1, -1));
      for (const [i, expected] of [6, 5].entries()) assert.ok(Math.abs(gradient[i] - expected) < 1e-8 * expected);
      for (const [i, expected] of [11, -1].entries())
        assert.ok(Math.abs(product[i] - expected) < 20 * tolerance, `${product[i]}`);
      const { error } = objective.differences?.().hvp ?? { error: 0 };
      const found = Math.hypot(product[0] - 11, product[1] + 1) / Math.hypot(11, 1);
      assert.ok(found <= 10 * error + 1e-9 && error < 1e-4, `an error of ${found} is stated as ${error}`);
      assert.match(logged.join(""), /hvp by central differences: step .*, relative error about/);
    });
  }
  await withObjective(
    command("none", "loss"),
    (objective) =>
      assert.rejects(
        objective.lossAndGradient(Float64Array.of(1, 2)),
        /does not answer "gradient", and problem.differences is false/,
      ),
    { differences: false },
  );
});

test("each fault of a process is told", async () => {
  const told: [string, RegExp][] = [
    ["error", /the command says: no such file: weights.bin/],
    ["text", /the command wrote "epoch 1 .*" on standard output.*print messages to standard error/],
    ["dies", /the command ended with exit code 3:\nSegmentation fault/],
    ["nan", /the command's first loss is NaN/],
    ["count", /answer to "loss" has "loss" of shape \[2\]; expected \[1\]/],
    ["lacks", /answer to "loss" has double; expected "loss"/],
    ["random", /and then .* for the same point; expected a relative difference/],
    ["half", /ended with exit code 0 after \d+ of \d+ bytes of the array "double"/],
  ];
  for (const [fault, message] of told) {
    await withObjective(command(fault), (objective) =>
      assert.rejects(objective.loss(Float64Array.of(1, 2)), message, fault),
    );
  }
  await withObjective(command("nan gradient"), (objective) =>
    assert.rejects(objective.lossAndGradient(Float64Array.of(1, 2)), /gradient has NaN at position 0/),
  );
  await assert.rejects(
    withObjective(command("version"), async () => {}),
    /hello has version 2; expected 1/,
  );
  await assert.rejects(
    withObjective("no-such-program", async () => {}),
    /ended with exit code 127:\n.*not found/,
  );
  await withObjective(
    command("hangs"),
    (objective) => assert.rejects(objective.loss(Float64Array.of(1, 2)), /has not answered "loss" within 3 s/),
    { timeout: 3 },
  );
});

test("a process that dies is started again, told what it knew, and asked again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-external-"));
  const again = `if [ -e '${folder}/once' ]; then export CIRQUE_TEST_SECOND=1; fi; touch '${folder}/once'; exec ${command("dies once")}`;
  await withObjective(again, async (objective, logged) => {
    const along = objective.lossAlong(Float64Array.of(1, 2), [Float64Array.of(1, 0)]);
    const { loss: found } = await along(Float64Array.of(0, 1));
    assert.deepEqual([...found], [loss(1, 2), loss(2, 2)]);
    assert.match(logged.join(""), /Segmentation fault[\s\S]*it is restarted/);
  });
  rmSync(folder, { recursive: true });
});

test("a run that stops ends the wait, and the whole process group", async () => {
  let stops = false;
  const watch = () => {
    if (stops) throw new Error("stopped");
  };
  const started = performance.now();
  await withObjective(
    `${command("hangs")} | cat`,
    (objective) => {
      stops = true;
      return assert.rejects(objective.loss(Float64Array.of(1, 2)), /stopped/);
    },
    { watch },
  );
  assert.ok(performance.now() - started < 4000);
});

test("kill -9 leaves no orphan, not even a process that never answers", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-external-"));
  const script = `
    const { connect } = await import(${JSON.stringify(new URL("../../../src/models/external/connection.js", import.meta.url).href)});
    const line = "echo $$ > '${folder}/pid'; exec ${command("hangs").replaceAll('"', '\\"')}";
    const connection = connect({ command: line, folder: ".", timeout: 60, log() {}, watch() {} });
    await connection.ask({ do: "hello", version: 1, dtype: "f64" });
    console.log("greeted");
    await connection.ask({ do: "loss" });`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => parent.stdout?.once("data", resolve));
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  parent.kill("SIGKILL");
  const isAlive = () => spawnSync("kill", ["-0", String(pid)]).status === 0;
  for (let i = 0; i < 50 && isAlive(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(isAlive(), false);
  rmSync(folder, { recursive: true });
});
