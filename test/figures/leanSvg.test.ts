import assert from "node:assert/strict";
import { test } from "node:test";
import { leanSvg } from "../../src/figures/leanSvg.js";

const paths = (svg: string) => [...svg.matchAll(/ d="([^"]*)"/g)].map(([, path]) => path);

/** The places that a path of relative steps leads to. */
function placesOf(path: string): [number, number][] {
  const numbers = (path.match(/-?(?:\d+\.?\d*|\.\d+)/g) ?? []).map(Number);
  let [x, y] = [0, 0];
  return Array.from({ length: numbers.length / 2 }, (_, k) => {
    [x, y] = [x + numbers[2 * k], y + numbers[2 * k + 1]];
    return [x, y];
  });
}

test("an outline keeps its corners and loses points between them", () => {
  // A square with points along its sides, and a dent that is seen.
  const svg = '<path d="M0,0L5,0.1L10,0L10,5L8,6L10,7L10,10L0,10Z" fill="red"/>';
  const [path] = paths(leanSvg(svg));
  assert.ok(path.endsWith("z"));
  assert.deepEqual(
    placesOf(path).map((place) => place.map((at) => Math.round(10 * at) / 10)),
    [
      [0, 0],
      [10, 0],
      [10, 5],
      [8, 6],
      [10, 7],
      [10, 10],
      [0, 10],
    ],
  );
});

test("steps do not add up their roundings", () => {
  const points = Array.from({ length: 200 }, (_, k) => [k * 1.23456, (k % 2) * 40.123] as const);
  const [path] = paths(leanSvg(`<path d="M${points.map((point) => point.join(",")).join("L")}"/>`));
  const places = placesOf(path);
  const far = points.filter(([x, y]) => !places.some(([a, b]) => Math.hypot(a - x, b - y) < 0.08));
  assert.deepEqual(far, [], "no point of a zigzag is lost");
});

test("circles are circles; what all marks of a group share stands once; lines share their colour too", () => {
  const dot = (x: number, fill: string) =>
    `<path data-vertex="${x}" transform="translate(${x},2)" d="M3.5,0A3.5,3.5,0,1,1,-3.5,0A3.5,3.5,0,1,1,3.5,0" fill="${fill}" stroke="#ffffff" stroke-width="0.7"/>`;
  assert.equal(
    leanSvg(`<g class="mark-symbol role-mark">${dot(1, "#d62728")}${dot(2, "#ff8c1a")}</g>`),
    '<g class="mark-symbol role-mark" stroke-width="0.7">' +
      '<circle data-vertex="1" transform="translate(1,2)" r="3.5" fill="#d62728" stroke="#ffffff"/>' +
      '<circle data-vertex="2" transform="translate(2,2)" r="3.5" fill="#ff8c1a" stroke="#ffffff"/></g>',
  );
  assert.equal(
    leanSvg('<g class="mark-rule"><line x2="0" y2="3" stroke="#000"/><line x2="0" y2="4" stroke="#000"/></g>'),
    '<g class="mark-rule" stroke="#000"><line y2="3"/><line y2="4"/></g>',
  );
});

test("curves other than circles, and texts, stay as they are", () => {
  const svg = '<path d="M1,2C3,4,5,6,7,8"/><text x="1.5">M1,2L3,4</text>';
  assert.equal(leanSvg(svg), svg);
});
