import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cirque, pipeline, workplace } from "./workplace.js";

test("a picture of what is no figure: export names the step that a report drew, or a figure stage", () => {
  const folder = workplace();
  const bare = cirque(folder, "export", "p.yaml", "tree@power=2", "-o", "a.png");
  assert.equal(bare.status, 2);
  assert.match(
    bare.stderr,
    /^the format png needs a figure; tree@power=2 is a tree; add a figure stage that draws it$/m,
  );
  writeFileSync(join(folder, "p.yaml"), `${pipeline}  report: { uses: report, from: { figures: tree } }\n`);
  const drawn = cirque(folder, "export", "p.yaml", "tree@power=2", "-o", "a.png");
  assert.match(drawn.stderr, /tree@power=2 is a tree; export "tree:figure@power=2"$/m);
});
