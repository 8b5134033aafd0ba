/**
 * What a sweep on many workers asks of a shared file system: the calls of each operation, counted from the code that
 * runs them, and from these the calls a second of all workers together; the cost of lists; and how long each part would
 * take a file server.
 *
 *   npm run bench -- cluster [steps] [workers] [seconds of a step] [calls a second that the server answers]
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [steps, workers, seconds, capacity] = [100_000, 1000, 60, 20_000].map((value, i) =>
  Number(process.argv[2 + i] ?? value),
);

/** Calls of the file system by name since the last reset. */
const calls = new Map<string, number>();
const counted = [
  ...["openSync", "closeSync", "readSync", "writeSync", "fsyncSync", "statSync", "fstatSync", "linkSync", "unlinkSync"],
  ...["renameSync", "rmSync", "mkdirSync", "readdirSync", "readFileSync", "writeFileSync", "existsSync"],
] as const;
for (const name of counted) {
  const call = fs[name] as (...all: unknown[]) => unknown;
  const counting = (...all: unknown[]) => {
    calls.set(name, (calls.get(name) ?? 0) + 1);
    return call(...all);
  };
  Object.assign(fs, { [name]: counting });
}
syncBuiltinESMExports();

const { openStore } = await import("../../src/store/store.js");
const { claim, release } = await import("../../src/store/claims.js");
const { announceRun } = await import("../../src/store/liveRuns.js");

const folder = fs.mkdtempSync(join(tmpdir(), "cirque-cluster-"));
const store = openStore(folder);
const { claimant, withdraw } = announceRun(folder, []);
if (claimant === undefined) throw new Error("no claims can be made");
const keyOf = (i: number) => (i * 2654435761).toString(16).padStart(64, "0").split("").reverse().join("");

/** Calls and milliseconds of one operation, the mean of many. */
function measured(what: string, operation: (i: number) => void, repeats = 200): number {
  operation(-1);
  calls.clear();
  const start = performance.now();
  for (let i = 0; i < repeats; i++) operation(i);
  const time = (performance.now() - start) / repeats;
  // What is open needs no server until it is closed; a read or a write of a small file is one call.
  const all = [...calls].map(([name, count]) => `${name.replace("Sync", "")} ${(count / repeats).toFixed(1)}`);
  const total = [...calls.values()].reduce((sum, count) => sum + count, 0) / repeats;
  console.log(
    `${what.padEnd(34)} ${total.toFixed(1).padStart(6)} calls ${time.toFixed(3).padStart(8)} ms   ${all.join(", ")}`,
  );
  return total;
}

const bytes = Buffer.alloc(4096, 1);
console.log(`calls of one operation, on ${folder}`);
const putting = measured("storing a result", (i) =>
  store.put(keyOf(i + 2), { i }, Buffer.concat([bytes, Buffer.from(String(i))]), {}),
);
const claiming = measured("a claim and its release", (i) => {
  claim(folder, keyOf(i + 1_000_000), claimant);
  release(folder, keyOf(i + 1_000_000));
});
const missing = measured("looking up what is not there", (i) => void store.lookup(keyOf(i + 2_000_000)));
const finding = measured("looking up what another has stored", (i) => void openStore(folder).lookup(keyOf(i + 2)));
const again = measured("the same, after a list", (i) => void store.lookAgain(keyOf(i + 2_000_000)));

/** One name for each record of the sweep, in the folder that the record would be in. */
const lists = join(folder, "lists");
for (let i = 0; i < 256; i++) fs.mkdirSync(join(lists, i.toString(16).padStart(2, "0")), { recursive: true });
for (let i = 0; i < steps; i++)
  fs.writeFileSync(join(lists, (i % 256).toString(16).padStart(2, "0"), `${keyOf(i)}.json`), "");
const listing = measured(
  `listing ${steps.toLocaleString("en")} records`,
  () => {
    for (let i = 0; i < 256; i++) fs.readdirSync(join(lists, i.toString(16).padStart(2, "0")));
  },
  5,
);

const own = putting + claiming + missing + again;
const rate = (workers / seconds) * own;
const each = (count: number) =>
  `${Math.round(count).toLocaleString("en")} calls, ${(count / capacity).toFixed(0)} s of the server`;
console.log(`
${steps.toLocaleString("en")} steps of ${seconds} s on ${workers.toLocaleString("en")} workers; a server of ${capacity.toLocaleString("en")} calls a second
computing takes                    ${((steps * seconds) / workers / 60).toFixed(0)} min
records and claims                 ${(workers / seconds).toFixed(1)} a second each; ${own.toFixed(0)} calls a step, ${rate.toFixed(0)} calls a second
signs of life                      ${(workers / 10).toFixed(0)} calls a second
the driver, a look a second        ${listing.toFixed(0)} calls a second
a plan in each worker, by look-ups ${each(steps * missing * workers)}
a plan in each worker, by lists    ${each(listing * workers)}
what others have stored, each once ${each(steps * finding * workers)}`);
withdraw();
fs.rmSync(folder, { recursive: true, force: true });
