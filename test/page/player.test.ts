import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchBrowser, openPage, violations, withoutBrowser } from "./browser.js";
import { bowlsByEpoch } from "./landscapes.js";

const skip = withoutBrowser;
let browser: Browser;
let folder: string;
before(async () => {
  if (skip) return;
  folder = bowlsByEpoch([2, 1, 0], [1, 2], 15);
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true });
});

async function withPage(use: (page: Page) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
  const address = pathToFileURL(join(folder, "results/bowls/report.html")).href;
  const { page, complaints } = await openPage(browser, address, options);
  try {
    await page.waitForSelector("[data-ready]", { state: "attached" });
    await use(page);
    assert.deepEqual(complaints, []);
  } finally {
    await page.close();
  }
}

async function until(isThere: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await isThere()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("what the test waits for does not come");
}

/** The frames that show, and their captions. */
const frames = (page: Page) =>
  page
    .locator(".film > figure:visible")
    .evaluateAll((figures) => figures.map((figure) => figure.querySelector("figcaption b")?.textContent));
const both = (epoch: number) =>
  ["grid", "profile"].flatMap(() => [1, 2].map((seed) => `seed = ${seed}, epoch = ${epoch}`));

test("one frame of each film shows; slider, list and small pictures choose it", { skip }, async () => {
  await withPage(async (page) => {
    assert.deepEqual(await frames(page), both(0));
    await page.focus("#player-slider");
    await page.keyboard.press("ArrowLeft");
    assert.deepEqual(await frames(page), both(1));
    assert.equal(await page.inputValue("#player-value"), "1");
    await page.selectOption("#player-value", "2");
    assert.deepEqual(await frames(page), both(2));
    assert.equal(await page.inputValue("#player-slider"), "0");
    await page.locator(".thumbnails a").last().click();
    assert.deepEqual(await frames(page), both(0));
    assert.deepEqual(await violations(page), []);
  });
});

test("play shows frame after frame to the last, and pauses", { skip }, async () => {
  await withPage(async (page) => {
    await page.focus("#player-play");
    await page.keyboard.press("Enter");
    assert.equal(await page.textContent("#player-play"), "Pause");
    assert.deepEqual(await frames(page), both(2));
    await until(async () => (await page.inputValue("#player-value")) === "1");
    await page.keyboard.press("Enter");
    assert.equal(await page.getAttribute("#player-play", "aria-pressed"), "false");
    await page.waitForTimeout(1200);
    assert.deepEqual(await frames(page), both(1));
    await page.keyboard.press("Enter");
    await until(async () => (await page.textContent("#player-play")) === "Play");
    assert.deepEqual(await frames(page), both(0));
  });
});

test("a frame that appears is at the threshold, and has the axes of the others", { skip }, async () => {
  await withPage(async (page) => {
    await page.locator(".film").last().scrollIntoViewIfNeeded();
    await page.fill("#threshold-number", "100");
    await page.selectOption("#player-value", "2");
    await until(async () => (await page.locator('#f7 .own [fill="#d62728"]').count()) === 1);
    const numbers = await page
      .locator(".film:has(#f7) > figure")
      .evaluateAll((all) =>
        all.map((figure) =>
          [...figure.querySelectorAll(".role-axis-label text")].map((text) => text.textContent).join(),
        ),
      );
    assert.equal(numbers.length, 3);
    assert.deepEqual(new Set(numbers).size, 1);
  });
});

test("who asks for less motion has the slider only; paper and pages without scripts show all frames", {
  skip,
}, async () => {
  await withPage(
    async (page) => {
      assert.equal(await page.locator("#player-play").isVisible(), false);
      assert.equal(await page.locator("#player-slider").isVisible(), true);
      await page.emulateMedia({ media: "print" });
      assert.equal(await page.locator(".film > figure:visible").count(), 12);
    },
    { reducedMotion: "reduce" },
  );
  const address = pathToFileURL(join(folder, "results/bowls/report.html")).href;
  const { page } = await openPage(browser, address, { javaScriptEnabled: false });
  assert.equal(await page.locator(".film > figure:visible").count(), 12);
  await page.close();
});
