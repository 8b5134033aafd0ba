import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launchBrowser, openPage, violations, withoutBrowser } from "../../page/browser.js";
import { bowls } from "../../page/landscapes.js";

const cli = join(process.cwd(), "dist/src/cli/main.js");
let folder: string;
let address: URL;
let server: ChildProcess;

async function start(...args: string[]): Promise<{ child: ChildProcess; url: URL }> {
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  let said = "";
  child.stderr?.on("data", (data) => {
    said += data;
  });
  for await (const data of child.stdout as AsyncIterable<Buffer>) {
    text += data;
    const [found] = /http:\/\/127\.0\.0\.1:\d+\/[\w-]+\//.exec(text) ?? [];
    if (found) return { child, url: new URL(found) };
  }
  throw new Error(`no address: ${text}${said}`);
}

before(async () => {
  folder = bowls([1], [1, 2], 9);
  ({ child: server, url: address } = await start("open", "bowls.yaml"));
});
after(() => {
  server?.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** The status of a raw request, whose headers no browser or fetch would send. */
function statusOf(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<number> {
  return new Promise((answered, failed) => {
    const { hostname, port } = address;
    const call = request({ hostname, port, path, method, headers }, (response) => {
      response.resume();
      answered(response.statusCode ?? 0);
    });
    call.on("error", failed);
    call.end();
  });
}

test("it answers at its own address only, with the token, and is read-only", async () => {
  const { pathname, host, port } = address;
  assert.equal(await statusOf(pathname), 200);
  assert.equal(await statusOf(pathname, { host: `localhost:${port}` }), 200);
  assert.equal(await statusOf(pathname, { host: "evil.example" }), 421);
  assert.equal(await statusOf(pathname, { host: "evil.example:80" }), 421);
  assert.equal(await statusOf("/"), 403);
  assert.equal(await statusOf(`${pathname.slice(0, -2)}x/`), 403);
  assert.equal(await statusOf(`/${"x".repeat(32)}/report?step=report`), 403);
  assert.equal(await statusOf(pathname, { origin: "https://evil.example" }), 403);
  assert.equal(await statusOf(pathname, { origin: "null" }), 403);
  assert.equal(await statusOf(pathname, { origin: `http://${host}` }), 200);
  assert.equal(await statusOf(pathname, { "sec-fetch-site": "cross-site" }), 403);
  assert.equal(await statusOf(pathname, { "sec-fetch-site": "same-site" }), 403);
  assert.equal(await statusOf(pathname, {}, "POST"), 405);
  assert.equal(await statusOf(`${pathname}report?step=report`), 200);
  assert.equal(await statusOf(`${pathname}report?step=../../etc/passwd`), 404);
  assert.equal(await statusOf(`${pathname}__proto__?step=report`), 404);
});

test("it gives the steps as events, logs and reasons as text", async () => {
  const response = await fetch(new URL("events", address));
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  const [, json] = /^event: pipeline\ndata: (.*)\n/.exec(new TextDecoder().decode(value)) ?? [];
  const { name, steps } = JSON.parse(json);
  assert.equal(name, "bowls");
  assert.ok(
    steps.length > 10 && steps.every(({ state }: { state: string }) => state === "cached" || state === "waiting"),
  );
  const why = await fetch(new URL("why?step=report", address));
  assert.match(await why.text(), /^report is cached and would not run/);
  assert.equal(why.headers.get("x-content-type-options"), "nosniff");
  const log = await fetch(new URL("log?step=report", address));
  assert.equal(await log.text(), "it said nothing, or has not run");
});

test("a browser shows steps and report without a complaint", { skip: withoutBrowser }, async () => {
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openPage(browser, address.href);
    const frame = page.frameLocator("iframe");
    await frame.locator("h1", { hasText: "bowls" }).waitFor();
    await frame.locator("html[data-ready]").waitFor({ state: "attached" });
    assert.match((await page.textContent("#counts")) ?? "", /^\d+ cached$/);
    await page.locator("summary").first().click();
    await page.locator("button[aria-label='why of report']").click();
    await page.locator("pre", { hasText: "report is cached" }).waitFor();
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});

test("Ctrl+C ends it", async () => {
  const { child } = await start("open", "bowls.yaml");
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
});

test("run --open shows a run as it goes, and stays until Ctrl+C", async () => {
  const { child, url } = await start("run", "bowls.yaml", "-q", "--open", "--force");
  const response = await fetch(new URL("events", url));
  const reader = response.body?.getReader();
  let text = "";
  while (!/"id":"report"[^}]*"state":"done"/.test(text)) {
    const { value, done } = (await reader?.read()) ?? { done: true };
    assert.ok(!done, text.slice(-500));
    text += new TextDecoder().decode(value);
  }
  assert.match(text, /"state":"running"/);
  await reader?.cancel();
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
});
