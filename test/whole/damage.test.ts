/** Damage to the store during a run: the damaged result is made again, and the run ends as if nothing had happened. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const cli = join(process.cwd(), "dist/src/cli/main.js");

/** `three` damages the objects of the steps before it, in its own way, the first time that it runs. */
const stage = `import { appendFileSync, chmodSync, existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
export default { version: 1, inputs: { before: { kinds: ["table"], many: true, optional: true } }, output: "table",
  schema: { type: "object", properties: { name: { type: "string" }, damage: { type: "string", default: "" } } },
  async run({ params: { name, damage }, sources }) {
    appendFileSync("executions", name + "\\n");
    if (damage && !existsSync("damaged")) {
      writeFileSync("damaged", "");
      const objects = "results/.cache/objects";
      for (const path of readdirSync(objects, { recursive: true }).filter((path) => path.endsWith(".arrow"))) {
        const object = join(objects, path);
        chmodSync(object, 0o644);
        if (damage === "remove") rmSync(object);
        if (damage === "cut") truncateSync(object, 100);
        if (damage === "overwrite") writeFileSync(object, "no Arrow file at all");
      }
    }
    const before = sources("before").reduce((sum, { artifact }) => sum + artifact().columns.v[0], 0);
    return { columns: { v: Float64Array.of(before + name.length) } };
  } };
`;
const pipeline = (damage: string) => `stages:
  one: { uses: ./stage.mjs, with: { name: one } }
  two: { uses: ./stage.mjs, with: { name: second }, from: { before: [one] } }
  three: { uses: ./stage.mjs, with: { name: third${damage} }, from: { before: [one, two] } }
publish: [one, two, three]
`;

function run(damage: string) {
  const folder = mkdtempSync(join(tmpdir(), "cirque-damage-"));
  writeFileSync(join(folder, "stage.mjs"), stage);
  writeFileSync(join(folder, "p.yaml"), pipeline(damage && `, damage: ${damage}`));
  const { status, stderr } = spawnSync(process.execPath, [cli, "run", "p.yaml"], { cwd: folder, encoding: "utf8" });
  const tables = ["one", "two", "three"].map((name) =>
    readFileSync(join(folder, `results/p/tables/${name}.csv`), "utf8"),
  );
  return { status, stderr, tables };
}

test("objects that are removed, cut or overwritten during a run are named and made again, with the same bytes", () => {
  const { tables: expected } = run("");
  for (const damage of ["remove", "cut", "overwrite"]) {
    const { status, stderr, tables } = run(damage);
    assert.equal(status, 0, stderr);
    assert.deepEqual(tables, expected);
    assert.match(stderr, /warning one: .*\.arrow was changed or removed during the run; it is made again/);
    assert.match(stderr, /warning two: .*\.arrow was changed or removed/);
  }
});
