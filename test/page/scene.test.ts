import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import sharp from "sharp";
import { launchBrowser, openPage, violations, withoutBrowser } from "./browser.js";
import { bowlsInSpace } from "./landscapes.js";

const skip = withoutBrowser;
let browser: Browser;
let folder: string;
before(async () => {
  if (skip) return;
  folder = bowlsInSpace();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true });
});

const file = () => join(folder, "results/bowls/report.html");

async function withPage(use: (page: Page) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
  const { page, complaints } = await openPage(browser, pathToFileURL(file()).href, options);
  try {
    await page.waitForSelector("[data-ready]", { state: "attached" });
    await use(page);
    // What a graphics driver says of its own speed is not the page's.
    assert.deepEqual(
      complaints.filter((text) => !/GPU stall|Automatic fallback to software/.test(text)),
      [],
    );
  } finally {
    await page.close();
  }
}

/** Waits until the scene shows this view: azimuth, elevation, zoom. */
async function looks(figure: Locator, wanted: string): Promise<void> {
  let look: string | null = null;
  for (let tries = 0; tries < 200 && look !== wanted; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    look = await figure.locator(".stage").getAttribute("data-look");
  }
  assert.equal(look, wanted);
}

/** The share of the pixels of a scene that are blue. */
async function blueShare(figure: Locator): Promise<number> {
  const { data, info } = await sharp(await figure.locator(".stage").screenshot())
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  let blue = 0;
  for (let i = 0; i < data.length; i += 3) if (data[i + 2] > data[i] + 25) blue++;
  return blue / (info.width * info.height);
}

test("surface, level sets and a map turn by keyboard, by pointer and back", { skip }, async () => {
  await withPage(async (page) => {
    assert.equal(await page.locator("button.turn").count(), 4);
    assert.equal(await page.locator("details.behind").count(), 4, "numbers behind every figure");
    for (const [id, least, first] of [
      ["f1", 0.08, "35.00 30.00 1.00"],
      ["f3", 0.08, "35.00 30.00 1.00"],
      ["f4", 0.001, "35.00 25.00 1.00"],
    ] as const) {
      const figure = page.locator(`#${id}`);
      await figure.locator("button.turn").focus();
      await page.keyboard.press("Enter");
      await looks(figure, first);
      assert.equal(await figure.locator("svg.marks").isVisible(), false);
      assert.ok((await blueShare(figure)) > least, `${id} shows a scene`);
      const before = await figure.locator(".stage").screenshot();
      const [azimuth, elevation] = first.split(" ").map(Number);
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowUp");
      await looks(figure, `${azimuth + 5}.00 ${elevation + 5}.00 1.00`);
      assert.notDeepEqual(await figure.locator(".stage").screenshot(), before, `${id} has turned`);
      await page.keyboard.press("+");
      await looks(figure, `${azimuth + 5}.00 ${elevation + 5}.00 1.20`);
      await page.keyboard.press("0");
      await looks(figure, first);
      const box = await figure.locator(".stage").boundingBox();
      if (!box) assert.fail("the scene has no box");
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2 - 40, box.y + box.height / 2 + 20);
      await page.mouse.up();
      await looks(figure, `${azimuth + 20}.00 ${elevation + 10}.00 1.00`);
      await figure.locator("button", { hasText: "Reset view" }).click();
      await looks(figure, first);
      await figure.locator("button.turn").click();
      assert.equal(await figure.locator(".stage").count(), 0);
      assert.equal(await figure.locator("svg.marks").isVisible(), true);
    }
  });
});

test("a figure of several panels lets its reader choose one", { skip }, async () => {
  await withPage(async (page) => {
    const figure = page.locator("#f2");
    await figure.locator("button.turn").click();
    assert.deepEqual(await figure.locator("select option").allTextContents(), ["seed = 1", "seed = 2"]);
    await looks(figure, "35.00 30.00 1.00");
    const first = await figure.locator(".stage").screenshot();
    await figure.locator("select").selectOption("seed = 2");
    let isOther = false;
    for (let tries = 0; tries < 60 && !isOther; tries++) {
      await page.waitForTimeout(100);
      isOther = !first.equals(await figure.locator(".stage").screenshot());
    }
    assert.ok(isOther, "the other panel is another surface");
    assert.deepEqual(await violations(page), []);
  });
});

test("paper has the picture, and so has a reader whose browser lacks WebGL", { skip }, async () => {
  await withPage(async (page) => {
    const figure = page.locator("#f1");
    await figure.locator("button.turn").click();
    await page.emulateMedia({ media: "print" });
    assert.equal(await figure.locator("svg.marks").isVisible(), true);
    assert.equal(await figure.locator(".stage").isVisible(), false);
  });
  const { page, complaints } = await openPage(browser, "about:blank");
  await page.addInitScript(() => {
    (
      globalThis as unknown as { HTMLCanvasElement: { prototype: { getContext: unknown } } }
    ).HTMLCanvasElement.prototype.getContext = () => null;
  });
  await page.goto(pathToFileURL(file()).href);
  await page.locator("#f1 button.turn").click();
  assert.match((await page.textContent("#f1 .tools")) ?? "", /no WebGL 2; the picture stays/);
  assert.equal(await page.locator("#f1 svg.marks").isVisible(), true);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("the page names the hash of its second script, and evaluates no text", { skip }, async () => {
  const page = readFileSync(file(), "utf8");
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "";
  assert.match(policy, /script-src 'sha256-[^ ;]*' 'sha256-[^ ;]*';/);
  for (const [, script] of page.matchAll(/<script>(.*?)<\/script>/gs))
    assert.doesNotMatch(script, /\beval\(|new Function/);
});
