import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Resvg } from "@resvg/resvg-js";
import { fontAdvances } from "../../src/figures/fontAdvances.js";
import { fontSubset } from "../../src/figures/fontSubset.js";
import { fontFiles } from "../../src/figures/fonts.js";

// é, Ǎ and ⅓ are composed of other glyphs; ‖ and 𝕏 lie far apart in the character map.
const text = "Loss & 0.5 − βλ‖ éǍ⅓ ₁² 𝕏";

test("a subset has the font's advances for its characters, and no others", () => {
  for (const file of Object.values(fontFiles)) {
    const whole = readFileSync(file);
    const subset = fontSubset(whole, text);
    assert.ok(subset.length < 12_000, `${subset.length} bytes`);
    const [all, own] = [fontAdvances(whole), fontAdvances(subset)];
    for (const character of text) assert.equal(own(character.codePointAt(0)!), all(character.codePointAt(0)!));
    assert.equal(own("z".codePointAt(0)!), undefined);
  }
});

test("a subset draws its characters as the font does", () => {
  const folder = mkdtempSync(join(tmpdir(), "subset-"));
  try {
    for (const [weight, file] of Object.entries(fontFiles)) {
      const path = join(folder, `${weight}.ttf`);
      writeFileSync(path, fontSubset(readFileSync(file), text));
      const words = text.replace("&", "&amp;");
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="60"><text x="10" y="40" font-size="32" font-family="DejaVu Sans" font-weight="${weight}">${words}</text></svg>`;
      const drawn = [file, path].map((fontFile) => {
        const font = { loadSystemFonts: false, fontFiles: [fontFile], defaultFontFamily: "DejaVu Sans" };
        return new Resvg(svg.replace("<text ", '<text style="font-kerning:none" '), { font }).render().pixels;
      });
      assert.ok(drawn[0].some((byte) => byte > 0));
      assert.ok(drawn[0].equals(drawn[1]), weight);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a character that the font lacks is left out", () => {
  const subset = fontSubset(readFileSync(fontFiles.normal), "a\u{10fff0}");
  assert.equal(fontAdvances(subset)(0x10fff0), undefined);
  assert.notEqual(fontAdvances(subset)(97), undefined);
});
