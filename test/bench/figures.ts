/**
 * What figures cost: the first and the tenth figure of a process, 100 profiles of 1,681 samples, a surface of 101 × 101
 * samples, and the size of the SVGs of a noise landscape of 400 × 400. `npm run bench -- figures`.
 */
import { cpus, loadavg } from "node:os";
import type { Artifact } from "../../src/artifact/artifact.js";
import { randomStream } from "../../src/linalg/random.js";
import { barcodeStage } from "../../stages/barcode.js";
import { figureStage } from "../../stages/figure.js";
import { mergeTreeStage } from "../../stages/mergeTree.js";
import { profileStage } from "../../stages/profile.js";
import { runStage } from "../stages/runStage.js";
import { grid } from "../stages/twoValleys.js";

const clock = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  const [seconds, used] = [(performance.now() - wall) / 1000, (user + system) / 1e6];
  console.log(`${name.padEnd(52)} ${seconds.toFixed(2)} s, ${used.toFixed(2)} s of the processor`);
  return result;
};

function landscape(side: number, seed: number, noise: number): Artifact {
  const random = randomStream(seed);
  const losses = Array.from({ length: side * side }, (_, v) => {
    const [x, y] = [(v % side) / side - 0.5, Math.floor(v / side) / side - 0.5];
    return 1e-3 + x * x + 3 * y * y + noise * random.uniform();
  });
  return grid([side, side], losses);
}

console.log(`${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(2)}`);
const draw = (input: Artifact, params = {}) => runStage(figureStage, params, { input });
const small = landscape(41, 1, 0.02);
await clock("the first figure of a process", () => draw(small));
for (let k = 0; k < 8; k++) await draw(small);
await clock("the tenth", () => draw(small));

const profiles: Artifact[] = [];
for (let seed = 0; seed < 100; seed++) {
  const tree = await runStage(mergeTreeStage, {}, { grid: landscape(41, seed, 0.05) });
  profiles.push(await runStage(profileStage, {}, { tree }));
}
await clock("100 profiles of 1,681 samples as SVG, PNG and PDF", async () => {
  for (const profile of profiles) await draw(profile);
});
await clock("a surface of 101 × 101", () => draw(landscape(101, 1, 0.02), { plot: "surface" }));

const tree = await runStage(mergeTreeStage, {}, { grid: landscape(400, 1, 1) });
for (const [name, input] of [
  ["profile", await runStage(profileStage, {}, { tree })],
  ["barcode", await runStage(barcodeStage, {}, { tree })],
] as const) {
  const { columns } = await clock(`the ${name} of 400 × 400 samples of noise`, () => draw(input));
  const bytes = (columns.svg as string[])[0].length;
  console.log(`  its SVG has ${(bytes / 1e6).toFixed(2)} MB`);
}
