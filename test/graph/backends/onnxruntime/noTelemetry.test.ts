import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { disableTelemetry } from "../../../../src/graph/backends/onnxruntime/noTelemetry.js";

test("a wish in the environment stays", () => {
  const wish = { ORT_DISABLE_TELEMETRY: "0" };
  disableTelemetry(wish);
  assert.equal(wish.ORT_DISABLE_TELEMETRY, "0");
});

const pipeline = JSON.stringify({
  name: "p",
  stages: {
    model: {
      uses: "train",
      with: {
        architecture: { kind: "mlp", widths: [2, 3, 1] },
        problem: { kind: "pinn", equation: "u_t + u_x", initial: "sin(x)" },
        optimizer: { kind: "adam", iterations: 1 },
      },
    },
  },
});

test("ONNX Runtime leaves nothing in the folder for temporary files, which it does before it reports its use", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-telemetry-"));
  const { GITHUB_ACTIONS: _, TF_BUILD: __, ORT_DISABLE_TELEMETRY: ___, ...environment } = process.env;
  writeFileSync(join(folder, "p.yaml"), pipeline);
  const options = { cwd: folder, encoding: "utf8" as const, env: { ...environment, TMPDIR: folder } };
  const cli = join(process.cwd(), "dist/src/cli/main.js");
  const { status, stderr } = spawnSync(process.execPath, [cli, "run", "p.yaml", "-q"], options);
  assert.equal(status, 0, stderr);
  assert.deepEqual(readdirSync(folder), ["p.yaml", "results"]);
  rmSync(folder, { recursive: true });
});
