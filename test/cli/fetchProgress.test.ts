import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fetchProgress } from "../../src/cli/fetchProgress.js";

function recorded(isTTY: boolean) {
  const written: string[] = [];
  return { written, stream: { isTTY, columns: 60, write: (text: string) => written.push(text) } };
}

test("off a terminal a file takes one line, unless it takes long; on one its progress is redrawn and then replaced", (t) => {
  const clock = t.mock.method(performance, "now", () => 0);
  const at = (seconds: number) => clock.mock.mockImplementation(() => 1000 * seconds);
  const ci = process.env.CI;
  delete process.env.CI;
  after(() => {
    if (ci !== undefined) process.env.CI = ci;
  });
  const play = (isTTY: boolean) => {
    const { written, stream } = recorded(isTTY);
    at(0);
    const report = fetchProgress(stream);
    report("a.gz", "downloading", 0, 10e6);
    at(2);
    report("a.gz", "downloading", 4e6, 10e6);
    at(20);
    report("a.gz", "downloading", 5e6, 10e6);
    report("a.gz", "is there");
    return written;
  };
  assert.deepEqual(play(false), ["a.gz: 50 %, 5.0 of 10.0 MB, 0.3 MB/s, 20 s left\n", "a.gz: is there\n"]);
  assert.deepEqual(play(true), [
    "\r\u001b[2Ka.gz: 40 %, 4.0 of 10.0 MB, 2.0 MB/s, 3 s left",
    "\r\u001b[2Ka.gz: 50 %, 5.0 of 10.0 MB, 0.3 MB/s, 20 s left",
    "\r\u001b[2Ka.gz: is there\n",
  ]);
});

const cirque = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, ["dist/src/cli/main.js", ...args], (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

test("cirque data fetch names a data set that it does not know, and a file that is not what it should be", async () => {
  const unknown = await cirque("data", "fetch", "cifar1");
  assert.deepEqual([unknown.code, unknown.stdout], [2, ""]);
  assert.match(unknown.stderr, /no data set "cifar1" to fetch; did you mean "cifar10"/);

  const server = createServer((_, response) => void response.end("not MNIST"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(join(tmpdir(), "cirque-fetch-"));
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const wrong = await cirque("data", "fetch", "mnist", "--to", join(folder, "mnist"), "--url", url);
  assert.deepEqual([wrong.code, wrong.stdout], [1, ""]);
  assert.match(wrong.stderr, /train-images-idx3-ubyte\.gz has the MD5 checksum .*; expected f68b3c2dcb/);
  assert.ok(existsSync(join(folder, "mnist")));
  assert.deepEqual(readdirSync(join(folder, "mnist")), []);
});
