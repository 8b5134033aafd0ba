import assert from "node:assert/strict";
import { test } from "node:test";
import { WIDTH, wrapComments } from "../../src/build/wrapComments.js";

const words = (count: number) => Array.from({ length: count }, (_, i) => `word${i}`).join(" ");

test("a wide line is wrapped with its paragraph; others, lists and tags stay apart", () => {
  const source = [
    "/**",
    " * A short paragraph",
    " * that stays.",
    " *",
    ` * ${words(30)}`,
    " * and its end.",
    ` * - ${words(25)}`,
    " * @throws RangeError never",
    " */",
    "const x = 1;",
    `  // ${words(25)}`,
    "  // end",
    "const y = 2;",
    "",
  ].join("\n");
  const made = wrapComments(source);
  assert.ok(made.split("\n").every((line) => line.length <= WIDTH));
  assert.ok(made.includes(" * A short paragraph\n * that stays.\n *\n"));
  assert.match(made, /word29 and its end\.\n \* - word0/);
  assert.match(made, /\n \* {3}word\d+.*\n \* @throws RangeError never\n \*\/\n/);
  assert.match(made, /\n {2}\/\/ word0.*\n {2}\/\/ word\d+.* end\nconst y/);
  assert.equal(wrapComments(made), made, "what is narrow enough stays");
  const plain = (text: string) => text.replace(/[\s*/]+/g, " ");
  assert.equal(plain(made), plain(source), "no word is lost");
});

test("a comment on one line becomes a block; text that only looks like a comment is left alone", () => {
  const wide = `/** ${words(25)} */\nconst a = \`\n// ${words(30)}\n\`; // ${words(30)}\n`;
  const made = wrapComments(wide);
  assert.match(made, /^\/\*\*\n \* word0 .*\n \* word\d+ .*word24\n \*\/\nconst a/);
  assert.ok(made.includes(`// ${words(30)}\n\`; // ${words(30)}`));
});
