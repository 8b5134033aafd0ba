import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const folder = mkdtempSync(join(tmpdir(), "cirque-names-"));
after(() => rmSync(folder, { recursive: true }));

/** Each wants to be somewhere else, or to be obeyed. */
const hostile = [
  "../../../escaped",
  "/etc/passwd",
  "C:\\Windows\\con",
  "nul.",
  "a\0b",
  "x".repeat(299),
  `${"x".repeat(298)}y`,
  "日本語".repeat(100),
  "<script>alert(1)</script>",
  "</script></style></svg><img src=x onerror=alert(1)>",
  "\"' onload='alert(1)",
  "javascript:alert(1)",
  "]]></text><text>&amp;",
  "=1+1",
  "@SUM(A1)",
  "+cmd|' /C calc'!A0",
  '-2+3",x\r\n=1',
  "{datum.x}'\"]+1",
  "{{constructor}}",
  "a\u202eb\u2028c\u001b[31m",
];
const file = (name: string) => new URL(`../../${name}`, import.meta.url).href;

writeFileSync(
  join(folder, "told.js"),
  `import { artifact } from "${file("src/artifact/artifact.js")}";
const names = ${JSON.stringify(hostile.filter((name) => name.length < 100))};
export default {
  name: "told", version: 1, inputs: {}, output: "table",
  run: ({ params }) => artifact("table", {
    said: [params.said, "2"], x: Float64Array.of(1, 2), y: Float64Array.of(3, -4),
    ...Object.fromEntries(names.map((name) => [name, [name, "-1.5"]])),
  }, { "<b>": params.said }, [[params.said, 3]]),
};
`,
);
writeFileSync(
  join(folder, "p.yaml"),
  `# ${hostile[9]}
name: p
matrix: { v: ${JSON.stringify(hostile)} }
stages:
  told: { uses: ./told.js, with: { said: "\${v}" } }
  lines: { uses: figure, from: { table: told }, with: { plot: lines, x: x, y: y, series: said, title: "\${v}" } }
  all: { uses: gather, from: { table: told } }
  page: { uses: report, from: { figures: [lines], tables: [all] }, with: { title: ${JSON.stringify(hostile[9])} } }
`,
);

writeFileSync(
  join(folder, "fails.js"),
  `export default { version: 1, inputs: {}, output: "table", run() { throw new Error(${JSON.stringify(hostile.at(-1))}); } };`,
);
writeFileSync(join(folder, "f.yaml"), "stages: { bad: { uses: ./fails.js } }\n");

const cirque = (...args: string[]) =>
  spawnSync(process.execPath, [fileURLToPath(file("src/cli/main.js")), ...args], { cwd: folder, encoding: "utf8" });
const filesBelow = (path: string) => readdirSync(path, { recursive: true, encoding: "utf8" });

test("values that are hostile stay inside the results, and are shown, not obeyed", () => {
  const run = cirque("run", "p.yaml", "-q");
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(readdirSync(folder).sort(), ["f.yaml", "fails.js", "p.yaml", "results", "told.js"]);
  assert.deepEqual(readdirSync(join(folder, "results")).sort(), [".cache", "p"]);

  const results = join(folder, "results", "p");
  const published = filesBelow(results).filter((name) => statSync(join(results, name)).isFile());
  const figures = published.filter((name) => name.endsWith(".svg"));
  assert.equal(figures.length, hostile.length);
  for (const name of published) {
    assert.match(name, /^((figures|tables)\/)?[\w.,=@%~()'!-]+\.(svg|png|pdf|csv|arrow|html|json)$/);
    assert.ok(name.length <= 200, name);
  }

  for (const name of figures) {
    const svg = readFileSync(join(results, name), "utf8");
    assert.ok(Number(/^<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1]) < 1000, `${name} is as wide as its longest name`);
    assert.doesNotMatch(svg, /<(script|img|foreignObject|a|iframe)\b|<[^>]* on\w+\s*=|href="(?!#)/i, name);
  }
  const page = readFileSync(join(results, "report.html"), "utf8");
  const [script, ...others] = [...page.matchAll(/<script.*?<\/script>/gs)].map(([text]) => text);
  assert.deepEqual(others, []);
  assert.doesNotMatch(script, /alert/);
  // The only links are those of small pictures to their figures.
  const inert = page.replace(script, "").replace(/<a href="#f\d+">/g, "");
  assert.doesNotMatch(inert, /<(script|img|foreignObject|a|iframe)\b|<[^>"]*(?:"[^"]*"[^>"]*)* on\w+\s*=/i);
  assert.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  assert.match(page, /<td[^>]*>a\\u\{202e\}b[^<]c\\u\{1b\}\[31m<\/td>/u);
  assert.doesNotMatch(
    page.replace(/<svg.*?<\/svg>/gs, ""),
    /[\u202a-\u202e\u2066-\u2069]|[^\P{Cc}\t\n\r]/u,
    "nothing turns the text after it",
  );

  const csv = readFileSync(join(results, "tables", "all.csv"), "utf8");
  const cells = [...csv.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(?:,|\r\n)/g)].map(([, cell]) => cell.replace(/^"/, ""));
  for (const cell of cells) if (/^[=+@\-\t]/.test(cell)) assert.match(cell, /^[+-]?[\d.]+$/);
  assert.match(csv, /,'=1\+1,/);
});

test("charts of hostile names are charts", () => {
  for (const format of ["mermaid", "dot", "svg"]) {
    const { status, stdout } = cirque("dag", "p.yaml", "--format", format);
    assert.equal(status, 0);
    assert.doesNotMatch(stdout, /script|alert|[^\P{Cc}\n]/u);
  }
  for (const id of cirque("status", "p.yaml").stdout.split("\n")) assert.doesNotMatch(id, /[^\P{Cc}\n]|\p{Cf}/u);
});

test("what a stage says when it fails is shown, not obeyed", () => {
  const { status, stderr } = cirque("run", "f.yaml");
  assert.equal(status, 1);
  assert.match(stderr, /✗ bad: a\\u\{202e\}b\\u\{2028\}c\\u\{1b\}\[31m\n/);
  assert.match(cirque("why", "f.yaml", "bad").stdout, /failed in run 1-[0-9a-f]{4}\n {2}a\\u\{202e\}b/);
});
