import assert from "node:assert/strict";
import { test } from "node:test";
import { ExpressionFault, evaluate, type Found } from "../../src/pipeline/expression.js";
import { parseCondition } from "../../src/pipeline/parseExpression.js";
import { mentions, substitute, unknownValue } from "../../src/pipeline/template.js";
import { axesOf, lookupAt } from "../../src/pipeline/values.js";

const none = { values: new Map() };

/** A value with its `${…}` replaced, and what had none. */
function put(value: unknown, params: Record<string, unknown>, point = {}): { value: unknown; faults: string[] } {
  const faults: string[] = [];
  const fail = (path: readonly (string | number)[], message: string) => faults.push(`${path.join(".")}: ${message}`);
  return { value: substitute(value, lookupAt(params, none, point), fail), faults };
}

test("a lone reference keeps its type, one inside a text is written out", () => {
  const value = { steps: "${steps}", title: "β = ${ beta }", list: ["${flag}", 3], all: "${optimizer}" };
  const optimizer = { kind: "adam", learningRate: 0.1 };
  assert.deepEqual(put(value, { steps: 41, flag: true, optimizer }, { beta: 1.5 }), {
    value: { steps: 41, title: "β = 1.5", list: [true, 3], all: optimizer },
    faults: [],
  });
});

test("an inner reference chooses the name, whatever letters the value has", () => {
  const params = { presets: { one: { k: 1 }, two: { k: 2 } }, rate: { "0.01": "slow", "1": "fast" }, m: "two" };
  assert.deepEqual(put("${presets.${m}}", params).value, { k: 2 });
  assert.equal(put("${presets.${m}.k}", params).value, 2);
  assert.equal(put("${rate.${lr}}", params, { lr: 0.01 }).value, "slow");
  assert.equal(put("${${which}.${m}.k}", params, { which: "presets" }).value, 2);
  assert.equal(put("${widths.1}", { widths: [2, 8, 1] }).value, 8);
  assert.equal(put("a ${k_${n}} b", { k_3: "c" }, { n: 3 }).value, "a c b");
});

test("numbers take arithmetic with the usual precedence", () => {
  const values: Record<string, number> = {
    "4 * n": 12,
    "1 + 2 * n": 7,
    "(1 + 2) * n": 9,
    "-n ^ 2": -9,
    "2 ^ 3 ^ 2": 512,
    "2 ** -1": 0.5,
    "7 − 2 − 1": 4,
    "12 ÷ n × 2": 8,
    "min(n, 2) + max(1, 2, n)": 5,
    "1e3 / 4": 250,
    "4 * ${n}": 12,
    "n-1": 2,
  };
  for (const [text, expected] of Object.entries(values)) {
    assert.deepEqual(put(`\${${text}}`, {}, { n: 3 }), { value: expected, faults: [] }, text);
  }
  assert.equal(put("${n / 3} of ${n}", {}, { n: 3 }).value, "1 of 3");
});

test("what has no value is told with its path, and its neighbours have theirs", () => {
  const cases: Record<string, RegExp> = {
    "${sede}": /mentions the unknown value "\$\{sede\}"; params and matrix have .*; did you mean "seed"\?/,
    "${a.${b}}": /the unknown value "\$\{b\}"/,
    "${presets.three}": /the unknown value "\$\{presets\.three\}"/,
    "${seed + }": /cannot be read at "\}"; expected a name, a number or arithmetic/,
    "${seed": /cannot be read at its end; expected "\}"/,
    "${}": /cannot be read/,
    "${seed $}": /cannot be read at "\$\}"/,
    "${name * 2}": /"\$\{name \* 2\}" is not a number: \* is given "net"/,
    "${1 / (seed - 3)}": /is Infinity; expected a finite number/,
    "x ${presets}": /"\$\{presets\}" inside a text, and it is \{"one":1\}; expected a single value/,
    "${loop}": /"\$\{loop\}" mentions itself: loop → pool → loop/,
    "${toString}": /the unknown value/,
    "${__proto__.x}": /the unknown value/,
    "${presets.${presets}}": /has \{"one":1\} in a name; expected a single value/,
    [`\${${"(".repeat(200)}}`]: /nested more than 32 deep/,
    ["${".repeat(1000)]: /nested more than 32 deep/,
  };
  const params = { presets: { one: 1 }, name: "net", loop: "${pool}", pool: "${loop}" };
  for (const [text, message] of Object.entries(cases)) {
    const { value, faults } = put({ good: "${seed}", bad: [text] }, params, { seed: 3 });
    assert.deepEqual(value, { good: 3, bad: [unknownValue] }, text);
    assert.equal(faults.length, 1, text);
    assert.match(faults[0], /^bad\.0: /, text);
    assert.match(faults[0], message, text);
  }
});

test("params may mention params and axes, and what mentions them depends on these axes", () => {
  const params = { rates: { 1: "${base / 10}", 30: 0.5 }, base: 1, rate: "${rates.${beta}}", all: { x: ["${seed}"] } };
  const axes = ["beta", "seed", "net.depth"];
  assert.equal(put("${rate}", params, { beta: 1 }).value, 0.1);
  const on = (value: unknown) => [...axesOf(value, params, axes)];
  assert.deepEqual(on({ a: ["${rate}"] }), ["beta"]);
  assert.deepEqual(on("${all}"), ["seed"]);
  assert.deepEqual(on("${net}"), ["net.depth"]);
  assert.deepEqual(on("${base}"), []);
  assert.deepEqual(mentions("${a.${b}.c} ${d + 1}"), [
    { path: ["a"], isWhole: false },
    { path: ["b"], isWhole: true },
    { path: ["d"], isWhole: true },
  ]);
});

test("conditions compare and join", () => {
  const lookup = (path: readonly string[]): Found => {
    if (path.length > 1) throw new ExpressionFault("is unknown");
    return { value: { seed: 2, net: "small", flag: true }[path[0]] };
  };
  const holds = (text: string) => evaluate(parseCondition(text), lookup);
  const conditions: Record<string, boolean> = {
    "seed < 3": true,
    "seed >= 3": false,
    "seed ≤ 2 and net == 'small'": true,
    'net != "small" or seed == 1': false,
    "not (seed == 1 or seed == 2)": false,
    "not seed == 1 and flag": true,
    "seed * 2 == 4": true,
    "net < 'tall'": true,
  };
  for (const [text, expected] of Object.entries(conditions)) assert.equal(holds(text), expected, text);
  for (const text of ["", "seed <", "seed < 3 seed", "seed = 3", "(seed < 3", "seed and 3", "net < 3"]) {
    assert.throws(() => holds(text), ExpressionFault, text);
  }
});
