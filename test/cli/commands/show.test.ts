import assert from "node:assert/strict";
import { test } from "node:test";
import { cirque, workplace } from "./workplace.js";

test("show prints columns, facts and rows; a repeated step wants its point, one that has not run says so", () => {
  const folder = workplace();
  const { stdout } = cirque(folder, "show", "p.yaml", "tree@power=2", "--rows", "2");
  assert.match(stdout, /^tree@power=2 \(merge-tree\)\ntree, \d+ rows, \d+ bytes\nfile: results\/\.cache\/objects/);
  assert.match(stdout, /\n {2}vertex: i32\n {2}value: f64\n {2}type: text\n/);
  assert.match(stdout, /\nfirst 2 rows:\n {2}vertex +value +type .*\n {2}0 +0 +minimum/);
  const repeated = cirque(folder, "show", "p.yaml", "tree");
  assert.equal(repeated.status, 2);
  assert.match(repeated.stderr, /"tree" is repeated; expected one of tree@power=1, tree@power=2/);
  assert.match(
    cirque(folder, "show", "p.yaml", "tree", "--set", "power=7").stderr,
    /tree@power=7 has no result yet; run it first/,
  );
  assert.match(cirque(folder, "show", "p.yaml", "tre").stderr, /no step "tre"; did you mean "tree"\?/);
  assert.match(
    cirque(folder, "show", "p.yaml", "tree@power=9").stderr,
    /no step "tree@power=9"; expected "tree@power=1" or "tree@power=2"/,
  );
});
