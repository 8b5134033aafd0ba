import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { withFileLock } from "../../src/store/fileLock.js";
import { thisProcess } from "../../src/store/processMark.js";

const folder = () => mkdtempSync(join(tmpdir(), "cirque-lock-"));

test("a lock is there while the work is done, and gone after it, also when the work fails", () => {
  const at = folder();
  const path = join(at, "new", "lock");
  assert.equal(
    withFileLock(path, () => existsSync(path)),
    true,
  );
  const failing = () =>
    withFileLock(path, () => {
      throw new Error("no");
    });
  assert.throws(failing, /no/);
  assert.deepEqual(readdirSync(join(at, "new")), []);
});

test("the lock of a process that has ended is taken over", () => {
  const path = join(folder(), "lock");
  writeFileSync(path, JSON.stringify({ ...thisProcess(), start: "1" }));
  assert.equal(
    withFileLock(path, () => 3),
    3,
  );
});

test("of many processes, each works alone", { timeout: 120_000 }, async () => {
  const at = folder();
  writeFileSync(join(at, "count"), "0");
  const module = JSON.stringify(join(process.cwd(), "dist/src/store/fileLock.js"));
  const counting = `import { withFileLock } from ${module};
    import { readFileSync, writeFileSync } from "node:fs";
    for (let i = 0; i < 100; i++) withFileLock("lock", () =>
      writeFileSync("count", String(1 + Number(readFileSync("count", "utf8")))));`;
  const all = [1, 2, 3].map(() => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", counting], { cwd: at, stdio: "inherit" });
    return new Promise((done) => child.once("close", done));
  });
  assert.deepEqual(await Promise.all(all), [0, 0, 0]);
  assert.equal(readFileSync(join(at, "count"), "utf8"), "300");
  assert.deepEqual(readdirSync(at), ["count"]);
});

test("the lock of a stopped process is taken over, and that process leaves it to its new owner", async () => {
  const at = folder();
  const path = join(at, "lock");
  const module = JSON.stringify(join(process.cwd(), "dist/src/store/fileLock.js"));
  const holding = `import { withFileLock } from ${module};
    import { existsSync, writeFileSync } from "node:fs";
    withFileLock("lock", () => { writeFileSync("held", ""); while (!existsSync("go on")); });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", holding], { cwd: at, stdio: "inherit" });
  const ended = new Promise((done) => child.once("close", done));
  while (!existsSync(join(at, "held"))) await sleep(20);
  child.kill("SIGSTOP");
  const own = withFileLock(path, () => {
    writeFileSync(join(at, "go on"), "");
    child.kill("SIGCONT");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    return readFileSync(path, "utf8");
  });
  assert.equal(own, JSON.stringify(thisProcess()));
  assert.equal(await ended, 0);
  assert.equal(existsSync(path), false);
});
