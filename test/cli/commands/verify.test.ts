import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cirque, lines, workplace } from "./workplace.js";

test("verify --recompute computes steps again and compares: pure ones agree, one that draws other numbers does not", () => {
  const folder = workplace();
  const all = cirque(folder, "verify", "p.yaml", "--recompute", "99");
  assert.equal(all.status, 0, all.stdout + all.stderr);
  const [, ...steps] = lines(all.stdout);
  assert.match(steps.pop() as string, /^computed \d+ steps again; the cache has no more of this pipeline$/);
  assert.ok(steps.length >= 5 && steps.every((line) => line.endsWith(": the same numbers")), all.stdout);

  writeFileSync(
    join(folder, "noisy.mjs"),
    `export default { version: 1, inputs: {}, output: "table", schema: { type: "object" },
      run: async () => ({ columns: { a: Float64Array.of(4), b: Float64Array.of(Math.random()) }, summary: {} }) };`,
  );
  writeFileSync(join(folder, "q.yaml"), "stages: { noisy: { uses: ./noisy.mjs } }\n");
  assert.equal(cirque(folder, "run", "q.yaml", "-q").status, 0);
  const noisy = cirque(folder, "verify", "q.yaml", "--recompute", "1");
  assert.equal(noisy.status, 1, noisy.stdout);
  assert.match(
    noisy.stdout,
    /noisy: differs by \d\S* of the column's largest number, more than 0\.0001: b\[0\] is 0\.\d+ in the cache and 0\.\d+ now/,
  );
  const without = cirque(folder, "verify", "--recompute", "1");
  assert.equal(without.status, 2);
  assert.match(without.stderr, /--recompute needs a pipeline/);
});

test("verify finds what is damaged, and the next run mends it", () => {
  const folder = workplace();
  assert.match(cirque(folder, "verify").stdout, /^8 results, .*: all intact\n$/);
  const objects = join(folder, "results/.cache/objects");
  const [name] = (readdirSync(objects, { recursive: true }) as string[]).filter((path) => path.endsWith(".arrow"));
  const bytes = readFileSync(join(objects, name));
  bytes[bytes.length >> 1] ^= 1;
  chmodSync(join(objects, name), 0o644);
  writeFileSync(join(objects, name), bytes);
  const damaged = cirque(folder, "verify");
  assert.equal(damaged.status, 1);
  assert.match(damaged.stdout, /the object .* of .* has changed\n8 results, .*: 1 damaged; their steps run again/);
  assert.match(cirque(folder, "run", "p.yaml").stderr, /warning .*a stored object has changed/);
  assert.match(cirque(folder, "verify").stdout, /all intact/);
});
