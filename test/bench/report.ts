/**
 * What a report costs its reader: one of 100 matrix points of 41 × 41 losses with 1 to 115 minima, with the figures of
 * the quickstart, and one of a landscape of 41⁴. For each,
 * the size of the page, the time until it answers, and a frame of the slider, in processor time of the page (Chromium),
 * which other work on the machine distorts less. `npm run bench -- report [points|dimensions]`.
 */
import { rmSync, statSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, CDPSession, Page } from "playwright-core";
import { launchBrowser } from "../page/browser.js";
import { bowlInDimensions, bowls } from "../page/landscapes.js";

const [only] = process.argv.slice(2);
console.log(`${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(2)}`);

/** Seconds that the page's main thread has worked. */
async function worked(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
}

const nextFrame = (page: Page) => page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");

async function measure(browser: Browser, name: string, file: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on("console", (message) => {
    if (message.type() === "error") console.log(`  console: ${message.text()}`);
  });
  page.on("pageerror", (error) => console.log(`  error: ${error}`));
  const session = await page.context().newCDPSession(page);
  // Time that the thread has run, not time that it has waited for others to run.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const start = performance.now();
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector("[data-ready]", { state: "attached", timeout: 120_000 });
  await nextFrame(page);
  const [wall, opened] = [(performance.now() - start) / 1000, await worked(session)];
  console.log(`${name}: ${(statSync(file).size / 1e6).toFixed(1)} MB`);
  console.log(`  answers after ${wall.toFixed(2)} s, ${opened.toFixed(2)} s of the processor`);
  for (const place of ["main", ".thumbnails", "figure.linked", "figure.linked:nth-of-type(2n) ~ figure.linked"]) {
    const target = page.locator(place).first();
    if ((await target.count()) === 0) continue;
    await target.evaluate((element) => element.scrollIntoView());
    await page.waitForTimeout(300);
    const frames: number[] = [];
    for (let step = 200; step < 800; step += 20) {
      const before = await worked(session);
      // Not by a locator, whose search of the whole page would count.
      await page.evaluate(`{
        const slider = document.getElementById("threshold-slider");
        slider.value = "${step}";
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      }`);
      await nextFrame(page);
      frames.push(1000 * ((await worked(session)) - before));
    }
    frames.sort((a, b) => a - b);
    const at = (share: number) => frames[Math.floor(share * (frames.length - 1))].toFixed(0);
    console.log(`  slider at ${place.padEnd(48)} median ${at(0.5)} ms, slowest of ten ${at(0.9)} ms a frame`);
  }
  await page.close();
}

async function report(name: string, make: () => string): Promise<void> {
  const browser = await launchBrowser();
  const start = performance.now();
  const folder = make();
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`${name}: run in ${seconds} s, figures and all`);
  await measure(browser, name, join(folder, "results/bowls/report.html"));
  await browser.close();
  rmSync(folder, { recursive: true });
}

const ten = Array.from({ length: 10 }, (_, k) => k);
if (only !== "dimensions") {
  await report("100 points of 41 × 41", () =>
    bowls(
      ten.map((k) => 0.02 * (k + 1)),
      ten,
      41,
      "grid, profile, tree, barcode",
    ),
  );
}
if (only !== "points") await report("1 point of 41⁴", () => bowlInDimensions(41, 4));
