import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openStore } from "../../src/store/store.js";

const KEY = "a".repeat(64);
const bytes = new TextEncoder().encode("an artifact");

function stored() {
  const store = openStore(mkdtempSync(join(tmpdir(), "cirque-store-")));
  store.put(KEY, { stage: "grid" }, bytes, { seconds: 1 });
  const found = store.lookup(KEY);
  assert.ok(found.record);
  const record = join(store.folder, "records", "aa", `${KEY}.json`);
  return { store, object: found.path, record };
}

test("what was put is found, read-only, and no draft stays behind", () => {
  const { store, object } = stored();
  assert.deepEqual(new Uint8Array(readFileSync(object)), bytes);
  assert.deepEqual(readdirSync(join(store.folder, "tmp")), []);
  assert.equal(openStore(store.folder).lookup(KEY).record?.().bytes, bytes.length);
  assert.equal(store.lookup("b".repeat(64)).record, undefined);
});

test("a missing, truncated, changed or unreadable object is a miss with a warning, and putting it again mends it", () => {
  const damages: Record<string, (object: string, record: string) => void> = {
    "is missing": (object) => rmSync(object),
    "is cut short": (object) => truncateSync(object, 3),
    "has changed": (object) =>
      writeFileSync(
        object,
        bytes.map((byte) => byte ^ 1),
      ),
    "not readable": (_, record) => truncateSync(record, 10),
    "does not match its name": (_, record) =>
      writeFileSync(record, readFileSync(record, "utf8").replace(KEY, "b".repeat(64))),
  };
  for (const [what, damage] of Object.entries(damages)) {
    const { store, object, record } = stored();
    for (const path of [object, record]) chmodSync(path, 0o644);
    damage(object, record);
    const found = store.lookup(KEY);
    assert.equal(found.record, undefined, what);
    assert.match("warning" in found ? (found.warning ?? "") : "", new RegExp(what));
    store.put(KEY, {}, bytes, {});
    assert.ok(store.lookup(KEY).record, `${what}: put again`);
  }
});

test("a removed key is gone with its object", () => {
  const { store, object } = stored();
  store.remove(KEY);
  assert.equal(existsSync(object), false);
  assert.deepEqual(store.lookup(KEY), { record: undefined });
});

test("what processes that are gone have left is swept, what belongs to living ones stays", () => {
  const { store } = stored();
  for (const [folder, ending] of [
    ["tmp", ""],
    ["live", ".json"],
    ["claimants", ".json"],
  ]) {
    mkdirSync(join(store.folder, folder), { recursive: true });
    const [gone, living] = [999999999, process.ppid].map((pid) =>
      join(store.folder, folder, `${hostname()}-${pid}-0a1b${ending}`),
    );
    for (const path of [gone, living]) writeFileSync(path, "draft");
    store.sweep();
    assert.equal(existsSync(gone), false, folder);
    assert.equal(existsSync(living), true, folder);
  }
});
