import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openPage, violations, withoutBrowser } from "./browser.js";
import { bowls } from "./landscapes.js";

const skip = withoutBrowser;
let browser: Browser;
let folder: string;
before(async () => {
  if (skip) return;
  folder = bowls([0.5, 2], [1, 2, 3], 21);
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true });
});

const address = () => pathToFileURL(join(folder, "results/bowls/report.html")).href;

async function withPage(use: (page: Page) => Promise<void>, options = {}): Promise<void> {
  const { page, complaints } = await openPage(browser, address(), options);
  try {
    await page.waitForSelector("[data-ready]", { state: "attached" });
    await use(page);
    assert.deepEqual(complaints, []);
  } finally {
    await page.close();
  }
}

/** Waits until the counts beside the threshold are as wanted. */
async function said(page: Page, isWanted: (text: string) => boolean): Promise<void> {
  let text = "";
  for (let tries = 0; tries < 50; tries++) {
    text = (await page.textContent("#threshold-counts")) ?? "";
    if (isWanted(text)) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`the page counts ${text}`);
}

/** The metrics as the library computed them, a record a matrix point. */
function metrics(): Record<string, number>[] {
  const [head, ...rows] = readFileSync(join(folder, "results/bowls/tables/summary.csv"), "utf8").trim().split("\r\n");
  const names = head.split(",").map((name) => name.replace(/^metrics\./, ""));
  return rows.map((row) => Object.fromEntries(row.split(",").map((cell, k) => [names[k], Number(cell)])));
}

const sum = (records: Record<string, number>[], name: string) => records.reduce((total, each) => total + each[name], 0);

test("at every threshold the page counts what the library counts", { skip }, async () => {
  const records = metrics();
  await withPage(async (page) => {
    for (const [percent, suffix] of [
      ["0", ""],
      ["5", "@5%"],
      ["20", "@20%"],
    ]) {
      await page.fill("#threshold-number", percent);
      const wanted = `${sum(records, `minima${suffix}`)} minima, ${sum(records, `saddles${suffix}`)} saddles in 6 landscapes`;
      await said(page, (text) => text === wanted);
    }
  });
});

test("the threshold simplifies tree, barcode, diagram, profile and map together", { skip }, async () => {
  const [first] = metrics();
  await withPage(async (page) => {
    const count = (selector: string) => page.locator(selector).count();
    const figures = await page.locator("figure.linked").evaluateAll((all) => all.map(({ id }) => id));
    assert.equal(figures.length, 31);
    // Six points a stage, in this order.
    const [map, profile, tree, barcode, diagram] = [0, 6, 12, 18, 24].map((place) => figures[place]);
    for (const [percent, suffix] of [
      ["5", "@5%"],
      ["20", "@20%"],
      ["0", ""],
    ]) {
      await page.fill("#threshold-number", percent);
      const minima = first[`minima${suffix}`];
      for (const id of [map, profile, tree, barcode, diagram]) {
        await page.locator(`#${id}`).scrollIntoViewIfNeeded();
        const dots = {
          [map]: `#${map} .own [fill="#d62728"]`,
          [profile]: `#${profile} [fill="#d62728"][data-vertex]:not(.gone)`,
          [tree]: `#${tree} [fill="#d62728"][data-vertex]:not(.ghost)`,
          [barcode]: `#${barcode} .mark-rect [data-vertex]:not(.ghost)`,
          [diagram]: `#${diagram} .mark-symbol [data-vertex]:not(.ghost)`,
        }[id];
        let shown = -1;
        for (let tries = 0; tries < 60 && shown !== minima; tries++) {
          await page.waitForTimeout(50);
          shown = await count(dots);
        }
        assert.equal(shown, minima, `${id} at ${percent} %`);
      }
    }
  });
});

test("the slider answers to the keyboard", { skip }, async () => {
  await withPage(async (page) => {
    await page.focus("#threshold-slider");
    await page.keyboard.press("End");
    await said(page, (text) => text.startsWith("6 minima, 0"));
    await page.keyboard.press("Home");
    const all = `${sum(metrics(), "minima")} minima`;
    await said(page, (text) => text.startsWith(all));
  });
});

test("a basin lights up in every figure of its landscape, by pointer and by keyboard, and can be compared", {
  skip,
}, async () => {
  await withPage(async (page) => {
    await page.fill("#threshold-number", "5");
    const bars = page.locator("#f19 .mark-rect [data-vertex]:not(.ghost)");
    const bar = bars.nth(1);
    await page.locator("#f19").scrollIntoViewIfNeeded();
    const left = metrics()[0]["minima@5%"];
    for (let tries = 0; tries < 60 && (await bars.count()) !== left; tries++) await page.waitForTimeout(50);
    await bar.hover();
    const vertex = await bar.getAttribute("data-vertex");
    await page.waitForSelector("#f19 .lit");
    const lit = await page.locator("figure:has(.lit)").evaluateAll((figures) => figures.map(({ id }) => id));
    for (const id of ["f19", "f25"]) assert.ok(lit.includes(id), `${id} of ${lit}`);
    const others = await page
      .locator(".lit[data-vertex]")
      .evaluateAll((marks) => marks.map((mark) => mark.getAttribute("data-vertex")));
    assert.deepEqual([...new Set(others)], [vertex]);
    assert.match(
      (await page.textContent("#f19 .hint")) ?? "",
      /^minimum at [\d.×⁻⁰-⁹]+, merges at .*% of the samples$/,
    );

    // Under a resting pointer, figures move as the page scrolls, and each would light up what comes under it.
    await page.mouse.move(0, 0);
    await page.locator("#f1 svg").scrollIntoViewIfNeeded();
    await page.focus("#f1 svg");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    const cells = async () => ((await page.getAttribute("#f1 .cells", "d")) ?? "").length;
    for (let tries = 0; tries < 60 && (await cells()) <= 20; tries++) await page.waitForTimeout(50);
    assert.ok((await cells()) > 20, "cells of the basin");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator(".basins tbody tr").count(), 2);
    const text = (await page.textContent(".basins tbody tr")) ?? "";
    assert.match(text, /roughness = 0.5, seed = 1/);
    await page.keyboard.press("Enter");
    assert.equal(await page.locator(".basins tbody tr").count(), 1);
  });
});

test("each panel of a figure follows the threshold and lights up with its own landscape", { skip }, async () => {
  const records = metrics();
  await withPage(async (page) => {
    await page.locator("#f31").scrollIntoViewIfNeeded();
    const panels = page.locator("#f31 .role-frame.root > g > g > .mark-group.role-scope");
    assert.equal(await panels.count(), 6);
    for (const [percent, suffix] of [
      ["20", "@20%"],
      ["5", "@5%"],
    ]) {
      await page.fill("#threshold-number", percent);
      const wanted = records.map((each) => each[`minima${suffix}`]);
      const shown = () =>
        panels.evaluateAll((all) =>
          all.map((panel) => panel.querySelectorAll('.own [fill="#d62728"][data-vertex]').length),
        );
      for (let tries = 0; tries < 60 && String(await shown()) !== String(wanted); tries++)
        await page.waitForTimeout(50);
      assert.deepEqual(await shown(), wanted);
    }
    // The second panel is of the second seed: its basin lights up there and in the figures of the same point.
    const dot = panels.nth(1).locator('.own [fill="#d62728"]').first();
    const vertex = await dot.getAttribute("data-vertex");
    await dot.hover({ force: true });
    await page.waitForSelector("#f8 .lit", { state: "attached" });
    const lit = await panels.evaluateAll((all) => all.map((panel) => panel.querySelectorAll(".lit").length > 0));
    assert.deepEqual(lit, [false, true, false, false, false, false]);
    assert.equal(await page.locator("#f8 .lit[data-vertex]").first().getAttribute("data-vertex"), vertex);
    assert.equal(await page.locator("#f7 .lit").count(), 0);
  });
});

test("small pictures stand in rows and columns, link to their figures, and count what is left", { skip }, async () => {
  const records = metrics();
  await withPage(async (page) => {
    const heads = await page.locator(".thumbnails thead th").allTextContents();
    assert.deepEqual(heads, ["seed\u00a0=\u00a01", "seed\u00a0=\u00a02", "seed\u00a0=\u00a03"]);
    assert.equal(await page.locator(".thumbnails tbody tr").count(), 2);
    const box = await page.locator(".thumbnails a svg").first().boundingBox();
    assert.ok(box && box.width > 60 && box.height > 40, JSON.stringify(box));
    for (const [percent, suffix] of [
      ["0", ""],
      ["20", "@20%"],
    ]) {
      await page.fill("#threshold-number", percent);
      const minima = records.map((each) => each[`minima${suffix}`]);
      const wanted = minima.map((count) => `${count} ${count === 1 ? "minimum" : "minima"}`);
      const counts = page.locator(".thumbnails .count");
      for (let tries = 0; tries < 40 && (await counts.first().textContent()) !== wanted[0]; tries++)
        await page.waitForTimeout(50);
      assert.deepEqual(await counts.allTextContents(), wanted);
    }
    await page.locator(".thumbnails a").nth(4).click();
    assert.equal(new URL(page.url()).hash, "#f11");
  });
});

test("an alternative text says what a figure shows, and every figure has its numbers", { skip }, async () => {
  const [first] = metrics();
  await withPage(async (page) => {
    const label = (await page.getAttribute("#f7 svg", "aria-label")) ?? "";
    assert.match(label, new RegExp(`${first.minima} minima, the deepest at .*; losses from .* to `));
    const without = await page
      .locator("figure:not(:has(.behind))")
      .evaluateAll((figures) => figures.map(({ id }) => id));
    assert.deepEqual(without, []);
    await page.locator("#f7 .behind summary").click();
    // The browser tells that it is open after the click, and then the rows are made.
    await page.waitForSelector("#f7 .behind tbody tr");
    assert.equal(await page.locator("#f7 .behind tbody tr").count(), Math.min(20, first.minima));
  });
});

test("tables sort, filter, hide columns and give CSV", { skip }, async () => {
  const records = metrics();
  await withPage(async (page) => {
    const table = page.locator(".explored").first();
    const shown = (await table.locator("th:visible").allTextContents()).map((text) => text.trim());
    assert.ok(shown.includes("metrics.minima") && shown.length <= 10, shown.join());
    const minima = () =>
      table
        .locator("tbody tr:visible")
        .evaluateAll(
          (rows, k) => rows.map((row) => Number(row.children[k].textContent)),
          Object.keys(records[0]).indexOf("minima"),
        );
    const head = table.locator("th button", { hasText: /^metrics\.minima$/ });
    await head.focus();
    await page.keyboard.press("Enter");
    assert.deepEqual(
      await minima(),
      records.map((each) => each.minima).sort((a, b) => a - b),
    );
    await head.click();
    assert.deepEqual(
      await minima(),
      records.map((each) => each.minima).sort((a, b) => b - a),
    );
    const texts = await table
      .locator("tbody tr")
      .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll("td:not(.more)")].map((td) => td.textContent)));
    await page.locator(".tools input[type=search]").first().fill("0.5");
    const wanted = texts.filter((cells) => cells.some((cell) => cell?.includes("0.5"))).length;
    assert.ok(wanted >= 3 && wanted <= 6);
    assert.equal(await table.locator("tbody tr:visible").count(), wanted);
    await page.locator(".tools input[type=search]").first().fill("no such text");
    assert.equal(await table.locator("tbody tr:visible").count(), 0);
    await page.locator(".tools input[type=search]").first().fill("");
    const columns = page.locator(".tools details").first();
    await columns.locator("summary").click();
    const before = await table.locator("th:visible").count();
    await columns.locator("input:checked").first().uncheck();
    assert.equal(await table.locator("th:visible").count(), before - 1);
  });
});

test("axe-core finds nothing serious, light, dark and on a phone", { skip }, async () => {
  for (const options of [{}, { colorScheme: "dark" }, { viewport: { width: 390, height: 844 } }]) {
    await withPage(async (page) => {
      assert.deepEqual(await violations(page), []);
      const wide = await page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      assert.ok(wide <= 0, `the page is ${wide} pixels wider than the screen`);
    }, options);
  }
});

test("without scripts the page shows everything", { skip }, async () => {
  const { page } = await openPage(browser, address(), { javaScriptEnabled: false });
  assert.equal(await page.locator("figure svg.marks").count(), 31);
  const head = page.locator(".explored").first().locator("th");
  assert.equal(await head.locator("visible=true").count(), await head.count());
  await page.close();
});
