import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadBackend } from "../../../src/graph/backends/index.js";
import * as f from "../../../src/graph/functions.js";

/** Debian's chromium-common brings a Vulkan driver in software, and a loader. */
const chromium = "/usr/lib/chromium";
const softwareDriver = join(chromium, "vk_swiftshader_icd.json");

function errorsWith(environment: Record<string, string>) {
  const script = fileURLToPath(new URL("./webgpuErrors.js", import.meta.url));
  const env = { ...process.env, ...environment };
  return spawnSync(process.execPath, [script], { env, encoding: "utf8", timeout: 300_000 });
}

test("every operator and model agrees with the reference: 1e-5, and the 2⁻¹¹ of WebGPU for each sine in a row", (t) => {
  let child = errorsWith({});
  if (child.status !== 0 && existsSync(softwareDriver)) {
    child = errorsWith({ VK_ICD_FILENAMES: softwareDriver, LD_LIBRARY_PATH: chromium });
  }
  if (/backend webgpu finds no GPU/.test(child.stderr)) {
    t.skip("no WebGPU adapter: no GPU with a driver, and no software Vulkan from chromium-common");
    return;
  }
  assert.equal(child.status, 0, child.stderr);
  const errors = Object.entries(JSON.parse(child.stdout) as Record<string, number | null>);
  assert.ok(errors.length > 100);
  const withSines = /^(sin|cos|greater|greaterOrEqual) /;
  const withSinesOfSines = /^(convInput|convWeight) /;
  for (const [name, error] of errors) {
    const tolerance = withSines.test(name) ? 2 ** -11 : withSinesOfSines.test(name) ? 2 ** -10 : 1e-5;
    assert.ok(error !== null && error <= tolerance, `${name} is wrong by ${error}`);
  }
});

test("f64 is refused, and where there is no adapter the error says what it needs", async () => {
  const backend = await loadBackend("webgpu");
  assert.equal(backend.name, "webgpu");
  const x = f.input("x", [1]);
  const program = { inputs: { x }, outputs: { y: f.exp(x) } };
  await assert.rejects(backend.compile(program, { dtype: "f64" }), /backend webgpu does not support f64, only f32/);
  const { stderr } = errorsWith({ VK_ICD_FILENAMES: "/nonexistent.json", VK_DRIVER_FILES: "/nonexistent.json" });
  if (process.platform === "linux") assert.match(stderr, /backend webgpu finds no GPU .* needs a driver for Vulkan/);
});
