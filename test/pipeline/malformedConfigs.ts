/** Pipeline files that are broken: as hands break them, drawn at random from good ones, and by intent. */
import { randomStream } from "../../src/linalg/random.js";

export interface Malformed {
  what: string;
  content: string | Uint8Array;
}

/** Without faults: what the mutations begin with. */
export const good = [
  `# A physics-informed network.
name: p
params: { steps: 5, optimizer: { kind: adam, learningRate: 0.001 } }
matrix:
  beta: [1, 30]
  seed: [0, 1]
  exclude:
    - { beta: 1, seed: 1 }
stages:
  model:
    uses: train
    with:
      architecture: { kind: mlp, widths: [2, 8, 1], activation: tanh }
      problem:
        kind: pinn
        equation: "u_t + beta * u_x"
        coefficients: { beta: "\${beta}" }
        initial: sin(x)
      optimizer: "\${optimizer}"
      seed: "\${seed}"
  directions: { uses: compute-directions, from: { model: model }, with: { method: hessian, count: 2 } }
  grid:
    uses: sample-grid
    from: { model: model, directions: directions }
    with: { steps: "\${steps}", range: [-1, 1] }
  tree: { uses: merge-tree, from: { grid: grid }, with: { direction: sublevel, connectivity: full } }
  metrics: { uses: landscape-metrics, from: { tree: tree } }
  summary: { uses: gather, from: { table: metrics } }
  report: { uses: report, from: { figures: [tree], tables: [summary] }, with: { title: "Steps \${steps}" } }
publish: [tree]
`,
  `matrix: { noise: [0.1, 0.3] }
stages:
  samples: { uses: load-data, with: { name: two-moons, count: 20, noise: "\${noise}", seed: 3 } }
  net:
    uses: train
    from: { data: samples }
    with:
      architecture: { kind: mlp, widths: [2, 4, 2], activation: relu }
      problem: { kind: supervised, loss: cross-entropy }
      optimizer: { kind: sgd, learningRate: 0.1, momentum: 0.9 }
      epochs: 3
      batchSize: 10
  quality: { uses: evaluate, from: { model: net, data: samples } }
  lines: { uses: shell, from: { any: quality }, with: { command: "cat", output: table } }
`,
  `params: { presets: { few: { count: 8 }, many: { count: 20 } }, noises: { 1: 0.1, 2: 0.3 } }
matrix:
  size: [few, many]
  level: [1, 2]
  rate: [0.1, 0.01]
  zip: [level, rate]
  net: { small: { widths: [2, 4, 2] }, large: { widths: [2, 8, 2] } }
stages:
  samples:
    uses: load-data
    where: "level < 2 or size == 'many'"
    with: { name: two-moons, count: "\${2 * presets.\${size}.count}", noise: "\${noises.\${level}}" }
  net:
    uses: train
    where: [{ net: small }, { level: 2, net: large }]
    from: { data: samples }
    with:
      architecture: { kind: mlp, widths: "\${net.widths}" }
      problem: { kind: supervised }
      optimizer: { kind: sgd, learningRate: "\${rate}" }
  summary: { uses: gather, by: [net], from: { table: net } }
`,
];

const otherValues = [
  "many",
  "-3",
  "[1, {a: 2}]",
  "{}",
  "null",
  "true",
  "''",
  "1e400",
  "&a [*a]",
  "!!js/function x",
  "-",
];

/** `count` mutations of the good files, by a seeded stream; some of them are not faults. */
export function mutations(count: number): Malformed[] {
  const random = randomStream(9, "malformed");
  const below = (n: number) => Math.floor(random.uniform() * n);
  const without = (lines: string[], i: number) => lines.filter((_, k) => k !== i);
  const changed = (lines: string[], i: number, change: (line: string) => string) =>
    lines.map((line, k) => (k === i ? change(line) : line));
  const inLine = (line: string, pattern: RegExp, change: (part: string) => string) => {
    const found = [...line.matchAll(pattern)];
    if (found.length === 0) return `${line} x`;
    const [part] = found[below(found.length)];
    return line.replace(part, () => change(part));
  };
  const kinds: Record<string, (lines: string[], i: number) => string[]> = {
    "a line is missing": without,
    "a line is there twice": (lines, i) => [...lines.slice(0, i + 1), ...lines.slice(i)],
    "a line is elsewhere": (lines, i) => {
      const rest = without(lines, i);
      const to = below(rest.length);
      return [...rest.slice(0, to), lines[i], ...rest.slice(to)];
    },
    "another value": (lines, i) =>
      changed(lines, i, (line) =>
        inLine(line, /(?<=: )[^,{}[\]]+(?=[,}]|$)/g, () => otherValues[below(otherValues.length)]),
      ),
    "a misspelt word": (lines, i) =>
      changed(lines, i, (line) =>
        inLine(line, /[A-Za-z]{3,}/g, (word) => {
          const at = below(word.length - 1);
          return (
            word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2) + (word[at] === word[at + 1] ? "q" : "")
          );
        }),
      ),
    "the file is cut": (lines, i) => [...lines.slice(0, i), lines[i].slice(0, below(lines[i].length + 1))],
    "wrong indentation": (lines, i) =>
      changed(lines, i, (line) =>
        below(2) === 0 ? `${" ".repeat(1 + below(4))}${line}` : line.replace(/^ {1,3}/, ""),
      ),
    "a tab": (lines, i) => changed(lines, i, (line) => `\t${line.trimStart()}`),
    "a character less": (lines, i) =>
      changed(lines, i, (line) => {
        const at = below(line.length);
        return line.slice(0, at) + line.slice(at + 1);
      }),
    "a mark more": (lines, i) =>
      changed(lines, i, (line) => {
        const at = below(line.length + 1);
        return line.slice(0, at) + "{}[]:,&*!|>'\"%@`#?-"[below(19)] + line.slice(at);
      }),
  };
  const names = Object.keys(kinds);
  return Array.from({ length: count }, (_, n) => {
    const lines = good[n % good.length].trimEnd().split("\n");
    const what = names[n % names.length];
    const i = below(lines.length);
    return {
      what: `${what} (file ${n % good.length}, line ${i + 1})`,
      content: `${kinds[what](lines, i).join("\n")}\n`,
    };
  });
}

const stagesOf = (text: string) => `stages:\n  a: ${text}\n`;
const samples = "{ uses: load-data, with: { name: blobs, count: 5 } }";
const equation = (text: string) =>
  stagesOf(
    `{ uses: train, with: { architecture: { kind: mlp, widths: [2, 8, 1] }, problem: { kind: pinn, equation: "${text}", initial: sin(x) } } }`,
  );
const times = (count: number, text: (i: number) => string, separator = "\n") =>
  Array.from({ length: count }, (_, i) => text(i)).join(separator);

/** A model of a differential equation for each seed, its landscape, and a stage `a` with this text. */
const landscapeOf = (text: string) => `matrix: { seed: [0, 1], rate: [1, 0.1] }
stages:
  m: { uses: train, with: { architecture: { kind: mlp, widths: [2, 8, 1] }, seed: "\${seed}",
    problem: { kind: pinn, equation: u_t + u_x, initial: sin(x) },
    optimizer: { kind: lbfgs, learningRate: "\${rate}" } } }
  d: { uses: compute-directions, from: { model: m }, with: { method: random } }
  g: { uses: sample-grid, from: { model: m, directions: d } }
  t: { uses: merge-tree, from: { grid: g } }
  n: { uses: landscape-metrics, from: { tree: t } }
  a: ${text}
`;

/** Every word of the language, and the stages that came with it, as nobody may use them. */
function misused(): Record<string, string> {
  const sources = ["{ pipeline: [], stage: a }", "{ pipeline: q.yaml, stage: 3 }", "{ pipeline: q.yaml, set: {} }"];
  const foreign = [...sources, "{ pipeline: q.yaml, stage: a, set: [] }", "{ pipeline: q.yaml, stage: a, where: b }"];
  const few = {
    "where of a point that is none": "{ uses: evaluate, where: [3], from: { model: m } }",
    "where of a list in a point": "{ uses: evaluate, where: [{ seed: [0, 1] }], from: { model: m } }",
    "where of a value that the axis lacks": "{ uses: evaluate, where: [{ seed: 2 }], from: { model: m } }",
    "where of text that is a number there": '{ uses: evaluate, where: [{ seed: "0" }], from: { model: m } }',
    "where that assigns": '{ uses: evaluate, where: "seed = 0", from: { model: m } }',
    "where that calls": '{ uses: evaluate, where: "max(seed)", from: { model: m } }',
    "where on an axis that is averaged over": '{ uses: gather, by: [seed], where: "rate + 1", from: { table: n } }',
    "by of one axis twice": "{ uses: gather, by: [seed, seed], from: { table: n } }",
    "by of a text": "{ uses: gather, by: seed, from: { table: n } }",
    "by of nothing": "{ uses: gather, by: [], from: { table: n } }",
    "by of a stage that takes one": "{ uses: evaluate, by: [seed], from: { model: m } }",
    "a timeout of nothing": "{ uses: evaluate, timeout: 0, from: { model: m } }",
    "a timeout of a week": "{ uses: evaluate, timeout: 1 week, from: { model: m } }",
    "resources of half a core": "{ uses: evaluate, resources: { cpus: 0.5 }, from: { model: m } }",
    "resources of memory without a unit": "{ uses: evaluate, resources: { memory: 4 }, from: { model: m } }",
    "resources of an unknown name": "{ uses: evaluate, resources: { cores: 4 }, from: { model: m } }",
    "resources of a negative time": "{ uses: evaluate, resources: { time: -1 h }, from: { model: m } }",
    "resources of less and less memory": "{ uses: evaluate, resources: { memoryGrowth: 0.5 }, from: { model: m } }",
    "slurm with two words": '{ uses: evaluate, slurm: { partition: "a b" }, from: { model: m } }',
    "slurm with two lines in one": '{ uses: evaluate, slurm: { lines: ["a\\nb"] }, from: { model: m } }',
    "slurm of an unknown name": "{ uses: evaluate, slurm: { acount: a }, from: { model: m } }",
    "select by a column that nobody has": "{ uses: select, from: { of: m }, with: { column: lss } }",
    "select of the middle": "{ uses: select, from: { of: m }, with: { best: middle } }",
    "select of another kind": "{ uses: select, from: { of: m }, with: { output: grid } }",
    "select without candidates": "{ uses: select, with: { column: loss } }",
    "aggregate over nothing": "{ uses: aggregate, from: { table: n }, with: { over: [] } }",
    "aggregate over an axis that is none": "{ uses: aggregate, from: { table: n }, with: { over: [sed] } }",
    "aggregate of a column that is none":
      "{ uses: aggregate, from: { table: n }, with: { over: [seed], columns: [minma] } }",
    "aggregate with a statistic that is none":
      "{ uses: aggregate, from: { table: n }, with: { over: [seed], statistics: [average] } }",
    "aggregate of a quantile of 90": "{ uses: aggregate, from: { table: n }, with: { over: [seed], quantiles: [90] } }",
    "correlate with nothing": "{ uses: correlate, from: { table: n }, with: { x: [minima] } }",
    "correlate by a method that is none":
      "{ uses: correlate, from: { table: n }, with: { x: [minima], y: [saddles], methods: [pearsn] } }",
    "correlate by groups that are none":
      "{ uses: correlate, from: { table: n }, with: { x: [minima], y: [saddles], group: [sed] } }",
    "correlate at a level of 95":
      "{ uses: correlate, from: { table: n }, with: { x: [minima], y: [saddles], level: 95 } }",
    "checkpoint of nothing": "{ uses: checkpoint, from: { model: m } }",
    "checkpoint of two": "{ uses: checkpoint, from: { model: m }, with: { row: 0, at: last } }",
    "checkpoint of half a row": "{ uses: checkpoint, from: { model: m }, with: { row: 0.5 } }",
    "checkpoint by a column that is none": "{ uses: checkpoint, from: { model: m }, with: { at: best, by: los } }",
    "checkpoint by a column, of the last": "{ uses: checkpoint, from: { model: m }, with: { at: last, by: loss } }",
    "rows of a hessian that are few": "{ uses: hessian, from: { model: m }, with: { rows: few } }",
    "rows of a hessian that are none": "{ uses: hessian, from: { model: m }, with: { rows: [] } }",
    "rows of an evaluation below 0": "{ uses: evaluate, from: { model: m }, with: { rows: [-1] } }",
    "rows of a projection that are one":
      "{ uses: project, from: { model: m, directions: d, points: m }, with: { rows: 1 } }",
    "missing that guesses": "{ uses: landscape-metrics, from: { tree: t }, with: { missing: guess } }",
    "missing that is a number": "{ uses: landscape-metrics, from: { tree: t }, with: { missing: 0 } }",
    "a column of a solution that is none":
      "{ uses: figure, from: { of: p }, with: { plot: heatmap, x: x, y: t, column: exact } }\n  p: { uses: predict, from: { model: m } }",
    "a title that is a number":
      "{ uses: gather, from: { table: n } }\n  f: { uses: figure, from: { g: g }, with: { title: 3 } }",
    "a title that is a list": '{ uses: report, with: { title: "${[1]}" } }',
    "a facet of an axis that is none": "{ uses: figure, from: { g: g }, with: { plot: contour, facet: { row: sed } } }",
    "noise of pixels above 1": "{ uses: load-data, with: { name: segmentation, labelNoise: 2 } }",
    ...Object.fromEntries(
      foreign.map((text, i) => [
        `an input from elsewhere, wrongly (${i})`,
        `{ uses: gather, from: { table: ${text} } }`,
      ]),
    ),
  };
  const whole = {
    "zip of a text": "matrix: { a: [1], b: [2], zip: a }",
    "zip of a mapping": "matrix: { a: [1], b: [2], zip: { a: b } }",
    "zip of an axis in two groups": "matrix: { a: [1], b: [2], c: [3], zip: [[a, b], [b, c]] }",
    "zip of one axis with itself": "matrix: { a: [1], zip: [a, a] }",
    "exclude of a text": "matrix: { a: [1], exclude: a }",
    "exclude of an axis that is none": "matrix: { a: [1, 2], exclude: [{ b: 1 }] }",
    "exclude of everything": "matrix: { a: [1], exclude: [{ a: 1 }] }",
    "include of half a point": "matrix: { a: [1], b: [1], include: [{ a: 2 }] }",
    "extends of a list": "extends: [p.yaml]",
    "extends of nothing": 'extends: ""',
    "extends of a file that is not there": "extends: base.yaml",
    "params of a list": "params: [a]",
    "params of null": "params: { a: null }",
    "publish of a stage that is none": "publish: [b]",
    "publish of a text": "publish: s",
    "resources of a list": "resources: [4]",
    "slurm of a text": "slurm: short",
  };
  return {
    ...Object.fromEntries(Object.entries(few).map(([what, text]) => [what, landscapeOf(text)])),
    ...Object.fromEntries(Object.entries(whole).map(([what, text]) => [what, `${text}\nstages: { s: ${samples} }\n`])),
  };
}

/** Names that JavaScript's objects have by themselves. */
const inherited = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "prototype",
  "__defineGetter__",
  "valueOf",
];

const control = "\\e[31m\\e]0;pwned\\a\\u202e\\u2028\\0";
const lookAlike = "ѕtages: {}"; // Cyrillic ѕ

/** Files that would take the program down, or another way than they say. None of them is a pipeline. */
export function hostile(): Malformed[] {
  const cases: Record<string, string | Uint8Array> = {
    "an alias bomb": `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${times(9, (i) => `a${i + 1}: &a${i + 1} [${times(9, () => `*a${i}`, ", ")}]`)}\n`,
    "a bomb of mappings": `a0: &a0 { k: v }\n${times(20, (i) => `a${i + 1}: &a${i + 1} { x: *a${i}, y: *a${i} }`)}\n`,
    "a bomb inside params": `params:\n  a0: &a0 { k: 1 }\n${times(30, (i) => `  a${i + 1}: &a${i + 1} { x: *a${i}, y: *a${i} }`)}\n${stagesOf(samples)}`,
    "a chain of aliases": `params:\n  a0: &a0 { k: 1 }\n${times(200, (i) => `  a${i + 1}: &a${i + 1} { x: *a${i} }`)}\n${stagesOf(samples)}`,
    "many aliases": `${times(5000, (i) => `k${i}: &a${i} 1`)}\nb: [${times(5000, (i) => `*a${i}`, ", ")}]\n`,
    "an anchor to itself": "stages: &a { a: *a }\n",
    "an anchor to itself in a list": "a: &a [*a]\n",
    "an alias of nothing": stagesOf("*nothing"),
    "an alias before its anchor": "a: *b\nb: &b 1\n",
    "an alias as a key": "a: &a stages\n*a : {}\n",
    "a merge key": `base: &base { uses: load-data }\n${stagesOf("{ <<: *base }")}`,
    "a merge key of YAML 1.1": `%YAML 1.1\n---\nbase: &base { uses: load-data }\n${stagesOf("{ <<: *base }")}`,
    "an infinite number": `params: { a: 1e400 }\n${stagesOf(samples)}`,
    ".inf in a list": stagesOf("{ uses: sample-grid, with: { range: [-.inf, .inf] } }"),
    ".nan in the matrix": `matrix: { a: [.nan] }\n${stagesOf(samples)}`,
    "a number of 400 digits": `params: { a: ${"9".repeat(400)} }\n${stagesOf(samples)}`,
    "a number of 10,000 digits": stagesOf(`{ uses: load-data, with: { name: blobs, count: ${"1".repeat(10_000)} } }`),
    "a seed that would be rounded": stagesOf(
      "{ uses: load-data, with: { name: blobs, count: 5, seed: 12345678901234567890 } }",
    ),
    "a huge count": stagesOf("{ uses: load-data, with: { name: blobs, count: 1e308 } }"),
    "hexadecimal without end": `params: { a: 0x${"f".repeat(5000)} }\n${stagesOf(samples)}x`,
    "10,000 open brackets": `a: ${"[".repeat(10_000)}`,
    "10,000 brackets": `a: ${"[".repeat(10_000)}${"]".repeat(10_000)}`,
    "10,000 braces": `a: ${"{a: ".repeat(10_000)}${"}".repeat(10_000)}`,
    "10,000 dashes": `${"- ".repeat(10_000)}x`,
    "10,000 question marks": `${"? ".repeat(10_000)}x`,
    "10,000 colons": `${": ".repeat(10_000)}x`,
    "question marks, each further in": times(500, (i) => `${" ".repeat(i)}?`),
    "keys, each further in": times(1000, (i) => `${" ".repeat(i)}a:`),
    "65 brackets in params": `params: { a: ${"[".repeat(65)}1${"]".repeat(65)} }\n${stagesOf(samples)}`,
    "nested 60 deep where a number belongs": stagesOf(
      `{ uses: load-data, with: { name: blobs, count: ${"[".repeat(55)}1${"]".repeat(55)} } }`,
    ),
    "10,000 brackets in an equation": equation(`${"(".repeat(10_000)}u${")".repeat(10_000)}`),
    "20,000 minuses in an equation": equation(`u_t ${"-".repeat(20_000)} u_x`),
    "20,000 powers in an equation": equation(`u_t + x${"^2".repeat(20_000)}`),
    "10,000 functions in an equation": equation(`${"sin(".repeat(10_000)}u${")".repeat(10_000)}`),
    "an equation of 30,000 unknown names": equation(times(30_000, (i) => `n${i}`, " + ")),
    "an equation without end": equation("u_t + "),
    "tabs for indentation": "stages:\n\ta:\n\t\tuses: load-data\n",
    "a tag of JavaScript": stagesOf('{ uses: !!js/function "process.exit(1)" }'),
    "a tag of Python": stagesOf('{ uses: !!python/object/apply:os.system ["true"] }'),
    "binary data": `params: { a: !!binary aGVsbG8= }\n${stagesOf(samples)}`,
    "an ordered mapping": `params: !!omap [a: 1]\n${stagesOf(samples)}`,
    "a set": `params: !!set { a, b }\n${stagesOf(samples)}`,
    "a time": `params: { a: !!timestamp 2001-12-14 }\n${stagesOf(samples)}`,
    "a tag of one's own": stagesOf("!own { uses: load-data }"),
    "text as a number by a tag": `params: { a: !!int "three" }\n${stagesOf(samples)}`,
    "two documents": `${stagesOf(samples)}---\n${stagesOf(samples)}`,
    "30,000 documents": "--- a\n".repeat(30_000),
    "30,000 directives": `${"%FOO x\n".repeat(30_000)}---\na: 1\n`,
    "a directive alone": "%YAML 1.2\n",
    "another version": "%YAML 9.9\n---\na: 1\n",
    "a text of 10 MB": `name: ${"x".repeat(10_000_000)}\n`,
    "a text of 900 kB": `name: ${"x".repeat(900_000)}\n${stagesOf(samples)}`,
    "a key of 900 kB": `${"x".repeat(900_000)}: 1\n`,
    "a comment of 2 MB": `# ${"x".repeat(2_000_000)}\n${stagesOf(samples)}`,
    "300,000 comments": `${"#\n".repeat(300_000)}${stagesOf(samples)}`,
    "300,000 empty lines": `a:${"\n".repeat(300_000)} b`,
    "100,000 keys": times(100_000, (i) => `k${i}: 1`),
    "20,000 keys": times(20_000, (i) => `k${i}: 1`),
    "20,000 keys of one name": times(20_000, () => "k: 1"),
    "5,000 stages of unknown kinds": `stages:\n${times(5000, (i) => `  s${i}: { uses: nothing }`)}\n`,
    "4,000 stages from unknown ones": `stages:\n${times(4000, (i) => `  s${i}: { uses: gather, from: { table: t${i} } }`)}\n`,
    "a chain of 4,000 stages with a fault": `stages:\n${times(4000, (i) => `  s${i}: { uses: gather, from: { table: s${i + 1} } }`)}\n  s4000: { uses: gather, wiht: {} }\n`,
    "a cycle of 4,000 stages": `stages:\n${times(4000, (i) => `  s${i}: { uses: gather, from: { table: s${(i + 1) % 4000} } }`)}\n`,
    "10,000 unknown parameters": stagesOf(
      `{ uses: load-data, with: { name: blobs, ${times(10_000, (i) => `p${i}: 1`, ", ")} } }`,
    ),
    "20,000 names that are mentioned": stagesOf(
      `{ uses: report, with: { title: "${times(20_000, (i) => `\${n${i}}`, " ")}" } }`,
    ),
    "a matrix of 10^9 points": `matrix: { ${times(9, (i) => `a${i}: [${times(10, (k) => String(k), ", ")}]`, ", ")} }\n${stagesOf(samples)}`,
    "a matrix of 10^60 points": `matrix: { ${times(60, (i) => `a${i}: [${times(10, (k) => String(k), ", ")}]`, ", ")} }\n${stagesOf(samples)}`,
    "an axis of 20,000 values": `matrix: { a: [${times(20_000, String, ", ")}] }\n${stagesOf(samples)}`,
    "11,000 points more": `matrix:\n  a: [1]\n  include:\n${times(11_000, (i) => `    - { a: ${i} }`)}\n${stagesOf(samples)}`,
    "a matrix without values": `matrix: { a: [] }\n${stagesOf(samples)}`,
    "a matrix of one value and its text": `matrix: { a: [1, "1"] }\n${stagesOf(samples)}`,
    "a matrix of values that differ in capitals": `matrix: { a: [relu, ReLU] }\n${stagesOf(samples)}`,
    "20,000 params and an unknown name": `params: { ${times(20_000, (i) => `p${i}: 1`, ", ")} }\n${stagesOf('{ uses: report, with: { title: "${q}" } }')}`,
    "10,000 params that axes clash with": `params: { ${times(5_000, (i) => `p${i}: 1`, ", ")} }\nmatrix: { ${times(5_000, (i) => `p${i}: [1]`, ", ")} }\n${stagesOf(samples)}`,
    "an unclosed ${ 100,000 times": stagesOf(`{ uses: report, with: { title: "${"${".repeat(100_000)}", x: 1 } }`),
    "a name for backtracking": `name: "${"a.".repeat(50_000)}!"\n${stagesOf(samples)}`,
    "an axis for backtracking": `matrix: { "${"a.".repeat(20_000)}!": [1] }\n${stagesOf(samples)}`,
    "a stage's name of 65 letters": `stages: { ${"x".repeat(65)}: ${samples} }\n`,
    "an axis' name of 300 letters": `matrix: { ${"x".repeat(300)}: [1] }\n${stagesOf(samples)}`,
    "a stage named as a path": `stages: { ../../etc/passwd: ${samples} }\n`,
    "a pipeline named as a path": `name: ../../etc\n${stagesOf(samples)}`,
    "a pipeline named by an absolute path": `name: /etc\n${stagesOf(samples)}`,
    "a pipeline named as the cache": `name: .cache\n${stagesOf(samples)}`,
    "a pipeline with NUL in its name": `name: "a\\0b"\n${stagesOf(samples)}`,
    "a pipeline named as a device": `name: con\n${stagesOf(samples)}`,
    "a pipeline whose name ends with a dot": `name: a.\n${stagesOf(samples)}`,
    "a stage named as a device": `stages: { NUL: ${samples} }\n`,
    "stages that differ in capitals": `stages: { Tree: ${samples}, tree: ${samples} }\n`,
    "a file that is not there": stagesOf('{ uses: import-grid, with: { path: "../\\0/etc/passwd" } }'),
    "a file name without end": stagesOf(`{ uses: import-grid, with: { path: ${"x".repeat(10_000)} } }`),
    "a device for a file": stagesOf("{ uses: import-grid, with: { path: /dev/zero, format: csv } }"),
    "a module that is not there": stagesOf('{ uses: "./nothing\\e[31m.js" }'),
    "it extends itself": `extends: p.yaml\n${stagesOf(samples)}`,
    "it extends a device": `extends: /dev/zero\n${stagesOf(samples)}`,
    "it extends nothing": `extends: "../\\0"\n${stagesOf(samples)}`,
    "it extends a folder": `extends: .\n${stagesOf(samples)}`,
    "it extends a file that extends it back": `extends: ./p.yaml\nstages: { a: null }\n`,
    "it takes inputs from itself": stagesOf("{ uses: gather, from: { table: { pipeline: p.yaml, stage: a } } }"),
    "it takes inputs from a device": stagesOf("{ uses: gather, from: { table: { pipeline: /dev/zero, stage: a } } }"),
    "an input that is nothing": stagesOf("{ uses: gather, from: { table: {} } }"),
    "an input of a stage alone": stagesOf("{ uses: gather, from: { table: { stage: a } } }"),
    "10,000 inner references": stagesOf(
      `{ uses: report, with: { title: "${"${a.".repeat(10_000)}b${"}".repeat(10_000)}" } }`,
    ),
    "10,000 brackets in a reference": stagesOf(`{ uses: report, with: { title: "\${${"(".repeat(10_000)}1" } }`),
    "10,000 minuses in a reference": stagesOf(`{ uses: report, with: { title: "\${${"-".repeat(10_000)}1}" } }`),
    "a reference to itself": `params: { a: "\${a}" }\n${stagesOf('{ uses: report, with: { title: "${a}" } }')}`,
    "a ring of 5,000 references": `params: { ${times(5000, (i) => `p${i}: "\${p${(i + 1) % 5000}}"`, ", ")} }\n${stagesOf('{ uses: report, with: { title: "${p0}" } }')}`,
    "a tree of references of 2^40 ends": `params: { p0: 1, ${times(40, (i) => `p${i + 1}: ["\${p${i}}", "\${p${i}}"]`, ", ")} }\n${stagesOf('{ uses: report, with: { title: "${p40}" } }')}`,
    "a number that overflows": stagesOf('{ uses: load-data, with: { name: blobs, count: "${10 ^ 400}" } }'),
    "a division by nothing": `matrix: { a: [0, 1] }\n${stagesOf('{ uses: load-data, with: { name: blobs, count: "${1 / a}" } }')}`,
    "a condition of 1,000 brackets": `matrix: { a: [1] }\n${stagesOf(`{ uses: load-data, where: "${"(".repeat(999)}", with: { name: blobs, count: 5 } }`)}`,
    "a condition that is code": `matrix: { a: [1] }\n${stagesOf('{ uses: load-data, where: "process.exit(1)", with: { name: blobs, count: "${a}" } }')}`,
    ...misused(),
    "where of a number": stagesOf("{ uses: load-data, where: 3, with: { name: blobs, count: 5 } }"),
    "where of nothing": `matrix: { a: [1] }\n${stagesOf('{ uses: load-data, where: [], with: { name: blobs, count: "${a}" } }')}`,
    "where that leaves no point": `matrix: { a: [1] }\n${stagesOf('{ uses: load-data, where: "a > 1", with: { name: blobs, count: "${a}" } }')}`,
    "by where nothing is gathered": `matrix: { a: [1] }\n${stagesOf('{ uses: load-data, by: [a], with: { name: blobs, count: "${a}" } }')}`,
    "by of an axis that is none": stagesOf("{ uses: report, by: [b] }"),
    "by of a mapping": stagesOf("{ uses: report, by: { a: 1 } }"),
    "zip of one": `matrix: { a: [1], zip: [a] }\n${stagesOf(samples)}`,
    "zip of unequal axes": `matrix: { a: [1], b: [1, 2], zip: [a, b] }\n${stagesOf(samples)}`,
    "zip of numbers": `matrix: { a: [1], b: [2], zip: [1, 2] }\n${stagesOf(samples)}`,
    "zip of axes that are none": `matrix: { zip: [__proto__, constructor] }\n${stagesOf(samples)}`,
    "an axis of nothing": `matrix: { a: [null] }\n${stagesOf(samples)}`,
    "an axis of no points": `matrix: { a: {} }\n${stagesOf(samples)}`,
    "an axis of points with strange names": `matrix: { a: { "../x": 1 } }\n${stagesOf(samples)}`,
    "an axis of one value twice": `matrix: { a: [1, 1] }\n${stagesOf(samples)}`,
    "an axis of one list twice": `matrix: { a: [[1, 2], [1, 2]] }\n${stagesOf(samples)}`,
    "YAML 1.1, where y is true": `%YAML 1.1\n---\nstages: { y: ${samples} }\n`,
    "ports of one variable": `stages: { a: ${samples}, b: { uses: shell, from: { a-b: a, a_b: a }, with: { command: cat } } }\n`,
    "look-alikes": lookAlike,
    "look-alikes in a kind": stagesOf("{ uses: lоad-data, with: { name: blobs, count: 5 } }"),
    "marks that turn the writing": "\u202estages\u202c: {}\n",
    "spaces of no width": `stages\u200b: {}\n`,
    "a space that does not break": "stages:\u00a0{}\n",
    "control characters in a key": `"${control}": 1\n${stagesOf(samples)}`,
    "control characters in a kind": stagesOf(`{ uses: "${control}" }`),
    "control characters in a value": stagesOf(`{ uses: load-data, with: { name: "${control}" } }`),
    "control characters in a parameter's name": stagesOf(`{ uses: load-data, with: { name: blobs, "${control}": 1 } }`),
    "control characters in a port": stagesOf(`{ uses: gather, from: { "${control}": b } }`),
    "control characters in a name that is mentioned": stagesOf(`{ uses: report, with: { title: "\${${control}}" } }`),
    "an escape written out": "stages: { a: { uses: \u001b[31mred } }\n",
    "half a character": stagesOf('{ uses: "\\ud800" }'),
    "half a character in the matrix": `matrix: { a: ["\\ud800", "\\ud801"] }\n${stagesOf('{ uses: load-data, with: { name: "${a}" } }')}`,
    "a list": "- stages\n",
    "a word": "stages\n",
    "a number": "3\n",
    null: "null\n",
    nothing: "",
    spaces: "   \n\n",
    "a comment": "# nothing\n",
    "JSON without an end": '{"stages": {"a": ',
    "two colons": "stages: a: b\n",
    "a mapping as a key": "{ { a: 1 }: 2 }\n",
    "a list as a key": "? [a, b]\n: 1\n",
    "nothing as a key": `~: 1\n${stagesOf(samples)}`,
    "a number and its text as keys": `params: { a: { 1: x, "1": y } }\n${stagesOf(samples)}`,
    "a quote without an end": 'name: "abc\nstages: {}\n',
    "a text block without an end": "name: |\nstages: {}\n",
    "reserved marks": "a: @x\nb: `y\n",
    "closing brackets": "]\n".repeat(20_000),
    "UTF-16, little end first": Buffer.from(`\ufeff${stagesOf(samples)}`, "utf16le"),
    "UTF-16, big end first": Buffer.from(`\ufeff${stagesOf(samples)}`, "utf16le").swap16(),
    "UTF-16 without a mark": Buffer.from(stagesOf(samples), "utf16le"),
    "UTF-32": Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]),
    latin1: Buffer.from(`# é\n${stagesOf(samples)}`, "latin1"),
    "NUL bytes": Buffer.alloc(5000),
    "a NUL in a text": Buffer.from(`name: a\0b\n${stagesOf(samples)}`),
    "an overlong form": Buffer.concat([Buffer.from("name: "), Buffer.from([0xc0, 0xaf]), Buffer.from("\n")]),
    "a surrogate as bytes": Buffer.concat([Buffer.from("name: "), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from("\n")]),
    "bytes of all kinds": Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)),
    "an image": Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"),
    "carriage returns alone": "name: p\rstages: {}\r",
  };
  const places: Record<string, (name: string) => string> = {
    "at the top": (name) => `${name}: 1\n${stagesOf(samples)}`,
    "as a stage": (name) => `stages: { "${name}": { uses: nothing } }\n`,
    "as a stage kind": (name) => stagesOf(`{ uses: ${name} }`),
    "beside uses": (name) => stagesOf(`{ uses: load-data, ${name}: { name: blobs } }`),
    "as a parameter": (name) => stagesOf(`{ uses: load-data, with: { name: blobs, count: 5, ${name}: 1 } }`),
    "inside a parameter": (name) => stagesOf(`{ uses: train, with: { architecture: { kind: mlp, ${name}: 3 } } }`),
    "as a choice": (name) => stagesOf(`{ uses: train, with: { architecture: { kind: ${name} } } }`),
    "as a port": (name) => stagesOf(`{ uses: merge-tree, from: { ${name}: a } }`),
    "as a source": (name) => stagesOf(`{ uses: merge-tree, from: { grid: ${name} } }`),
    "as a value that is mentioned": (name) => stagesOf(`{ uses: report, with: { title: "\${${name}}" } }`),
    "as a value inside one": (name) =>
      `params: { p: { q: 1 } }\n${stagesOf(`{ uses: report, with: { title: "\${p.${name}}" } }`)}`,
    "as an axis of a point": (name) => `matrix: { b: [1], exclude: [{ ${name}: 1 }] }\n${stagesOf(samples)}`,
    "to publish": (name) => `${stagesOf(samples)}publish: [${name}]\n`,
    "as a param with another fault": (name) => `params: { ${name}: { ${name}: 1 } }\n${stagesOf("{ uses: nothing }")}`,
    "as an axis with another fault": (name) => `matrix: { ${name}: [1] }\n${stagesOf("{ uses: nothing }")}`,
  };
  return [
    ...Object.entries(cases).map(([what, content]) => ({ what, content })),
    ...inherited.flatMap((name) =>
      Object.entries(places).map(([where, text]) => ({ what: `${name} ${where}`, content: text(name) })),
    ),
  ];
}
