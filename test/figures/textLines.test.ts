import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { textWidth } from "../../src/figures/fonts.js";
import { fewLines, textLines } from "../../src/figures/textLines.js";

const lettering = { size: 11 };
const words = fc.array(fc.oneof(fc.string({ unit: "grapheme", maxLength: 30 }), fc.constant("W".repeat(40))));

test("no line is wider than its room, whatever its letters, and no letter is lost", () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 50, max: 400 }), (all, room) => {
      const text = all.join(" ");
      const lines = textLines(text, room, lettering);
      for (const line of lines) assert.ok(textWidth(line, 11, "normal") <= room, line);
      const bare = (of: string) => of.replace(/\s+/g, "");
      assert.equal(bare(lines.join("")), bare(text));
    }),
  );
});

test("words between separators stay together where they fit", () => {
  const lines = textLines("a rate = 0.01, seed = 0", 100, lettering, ", ");
  assert.deepEqual(lines, ["a rate = 0.01,", "seed = 0"]);
});

test("the last of few lines ends in dots within its room", () => {
  const lines = fewLines("W".repeat(100), 100, 2, lettering);
  assert.equal(lines.length, 2);
  assert.match(lines[1], /…$/);
  assert.ok(textWidth(lines[1], 11, "normal") <= 100);
  assert.deepEqual(fewLines("short", 100, 2, lettering), ["short"]);
});
