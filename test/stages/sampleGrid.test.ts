import assert from "node:assert/strict";
import { test } from "node:test";
import { numbers, rowCount, vectorAt } from "../../src/artifact/artifact.js";
import { encodeArtifact } from "../../src/artifact/artifactFile.js";
import { pieceCount } from "../../src/landscape/pieces.js";
import { coefficientValues } from "../../src/models/problems/coefficients.js";
import { createObjective } from "../../src/models/problems/objective.js";
import { computeDirectionsStage } from "../../stages/computeDirections.js";
import { hessianStage } from "../../stages/hessian.js";
import { modelWithLoss } from "../../stages/inputs/modelAtPorts.js";
import { sampleGridStage } from "../../stages/sampleGrid.js";
import { trainStage } from "../../stages/train.js";
import { muellerBrown, plane } from "../models/landscapes.js";
import { runInPieces, runStage } from "./runStage.js";
import { around } from "./sampledModel.js";
import { model } from "./tinyPinn.js";

test("a grid in any number of dimensions: the model in the middle, true coefficients, pieces equal to the whole", async () => {
  const of = await model();
  for (const count of [1, 2, 3]) {
    const inputs = {
      model: of,
      directions: await runStage(computeDirectionsStage, { method: "random", count }, { model: of }),
    };
    const steps = [7, 5, 3].slice(0, count);
    const range = [
      [-1, 1],
      [-0.5, 0.5],
      [-2, 2],
    ].slice(0, count);
    const params = { steps, range: count === 1 ? range[0] : range };
    const grid = await runStage(sampleGridStage, params, inputs);
    const loss = numbers(grid, "loss");
    const middle = (loss.length - 1) / 2;
    assert.equal(
      rowCount(grid),
      steps.reduce((product, n) => product * n, 1),
    );
    assert.equal(loss[middle], numbers(of, "loss")[0], "the loss of the model itself, to the last bit");
    assert.deepEqual(
      Array.from({ length: count }, (_, k) => numbers(grid, `a${k + 1}`)[middle]),
      range.map(() => 0),
    );
    assert.equal(numbers(grid, "a1")[1], -4 / 6, "first direction fastest");
    assert.deepEqual(await runInPieces(sampleGridStage, params, inputs, 4), grid);

    const { loss: lossFunction, weights } = modelWithLoss(of);
    const objective = await createObjective(lossFunction, { dtype: "f64" });
    const displaced = weights.map(
      (w, i) =>
        w +
        steps.reduce(
          (sum, _, k) => sum + numbers(grid, `a${k + 1}`)[2] * vectorAt(inputs.directions, "vector", k)[i],
          0,
        ),
    );
    const [expected] = await objective.loss(displaced);
    assert.ok(Math.abs(loss[2] - expected) < 1e-12 * expected);
    await objective.release();
  }
});

test("a range that is found: the loss has risen at the ends, pieces agree, and the log says what was chosen", async () => {
  const of = await model();
  const directions = await runStage(computeDirectionsStage, { method: "random", seed: 1 }, { model: of });
  const inputs = { model: of, directions };
  const said: string[] = [];
  const params = { steps: 9, range: { rise: 30 } };
  const grid = await runStage(sampleGridStage, params, inputs, { log: (text) => said.push(text) });
  assert.match(
    said[0],
    /^direction 1: the loss rises by the factor 30 at \S+ downwards, at \S+ upwards; the range is ±/,
  );
  const loss = numbers(grid, "loss");
  const center = loss[40];
  assert.equal(center, numbers(of, "loss")[0]);
  for (const [from, to] of [
    [36, 44],
    [4, 76],
  ]) {
    assert.ok(Math.max(loss[from], loss[to]) >= 30 * center, "the farther side has risen");
  }
  const [[low, high]] = grid.metadata.extent as number[][];
  assert.equal(low, -high);
  assert.deepEqual(await runInPieces(sampleGridStage, params, inputs, 3), grid);
  const auto = await runStage(sampleGridStage, { steps: 9, range: "auto" }, inputs);
  assert.ok((auto.metadata.extent as number[][])[0][1] > 0);
});

test("an axis that shows only a parabola, or only a plateau, is a warning", async () => {
  const of = await model();
  const directions = await runStage(computeDirectionsStage, { method: "hessian", count: 1 }, { model: of });
  const sayings = async (range: number[] | "auto") => {
    const said: string[] = [];
    await runStage(
      sampleGridStage,
      { steps: 11, range },
      { model: of, directions },
      { log: (text) => said.push(text) },
    );
    return said.join();
  };
  assert.match(await sayings([-1e-3, 1e-3]), /direction 1 shows only a parabola on \[.0.001, 0.001\]: a wider range/);
  assert.match(await sayings([-1e-9, 1e-9]), /direction 1 shows only a plateau on/);
  assert.equal(await sayings([-2, 2]), "");
});

test("auto on nothing but a parabola says so, and where the loss never rises the direction is named", async () => {
  const on = async (loss: string, range: unknown) => {
    const params = {
      architecture: { kind: "parameters", names: ["x", "y"], start: { x: [0, 1e-9], y: [0, 1e-9] } },
      ...{ problem: { kind: "function", loss }, optimizer: { kind: "lbfgs", maxIterations: 1 } },
    };
    const of = await runStage(trainStage, params);
    const directions = await runStage(computeDirectionsStage, { method: "axes" }, { model: of });
    const said: string[] = [];
    const grid = await runStage(
      sampleGridStage,
      { steps: 9, range },
      { model: of, directions },
      { log: (text) => said.push(text) },
    );
    return { grid, said: said.join("") };
  };
  const { grid, said } = await on("1 + x^2 + 4*y^2", "auto");
  assert.deepEqual(grid.metadata.extent, [
    [-3.1, 3.1],
    [-1.6, 1.6],
  ]);
  assert.match(said, /direction 2 shows only a parabola on \[.1.6, 1.6\], the range that auto has found/);
  await assert.rejects(
    on("1 + x^2 + 0*y", { rise: 3 }),
    /the range of direction 2 \(y\): the loss, 1 at the model, rises by the factor 3 on neither side/,
  );
  await assert.rejects(
    on("x^2 + y^2 - 5", "auto"),
    /the range of direction 1 \(x\): the loss at the model is -5, so a/,
  );
});

test("losses that are not finite stay where they are and are counted", async () => {
  const of = await model();
  const directions = await runStage(computeDirectionsStage, { method: "random", count: 1 }, { model: of });
  const grid = await runStage(sampleGridStage, { steps: 3, range: [-1e200, 1e200] }, { model: of, directions });
  const loss = numbers(grid, "loss");
  assert.equal(grid.metadata.nonFinite, loss.filter((value) => !Number.isFinite(value)).length);
  assert.ok((grid.metadata.nonFinite as number) > 0);
});

test("ranges and steps that do not fit the directions are refused", async () => {
  const of = await model();
  const inputs = { model: of, directions: await runStage(computeDirectionsStage, { method: "random" }, { model: of }) };
  await assert.rejects(
    runStage(sampleGridStage, { steps: [3, 3, 3] }, inputs),
    /steps has 3 numbers; expected 2, one per axis/,
  );
});

test("a grid as a whole, in its own pieces or in any other number of them: the same bytes, in f32 and f64", async () => {
  const inputs = await around(3);
  for (const dtype of ["f32", "f64"]) {
    const params = { steps: [7, 3, 5], dtype, terms: true };
    const whole = encodeArtifact(await runStage(sampleGridStage, params, inputs));
    assert.equal(pieceCount(105), 7);
    for (const count of [undefined, 2, 3, 5]) {
      const joined = encodeArtifact(await runInPieces(sampleGridStage, params, inputs, count));
      assert.ok(Buffer.compare(joined, whole) === 0, `${dtype} in ${count} pieces`);
    }
  }
});

test("the terms of the loss stand beside it and add up to it", async () => {
  const grid = await runStage(sampleGridStage, { steps: 3, terms: true }, await around(2));
  assert.deepEqual(Object.keys(grid.columns), ["loss", "a1", "a2", "initial", "boundary", "residual"]);
  const [loss, ...terms] = ["loss", "initial", "boundary", "residual"].map((name) => numbers(grid, name));
  for (const [i, value] of loss.entries()) {
    assert.ok(Math.abs(terms.reduce((sum, term) => sum + term[i], 0) - value) < 1e-12 * value);
  }
});

const trained = (optimizer: object, start: object) =>
  runStage(trainStage, { architecture: { ...plane, start }, problem: muellerBrown, optimizer });

test("an analytic landscape has a grid and a Hessian as networks have", async () => {
  const model = await trained({ kind: "lbfgs", gradientTolerance: 1e-9 }, { x: -0.5, y: 1.4 });
  assert.deepEqual(Object.keys(model.summary).slice(0, 1), ["loss"]);
  const [x, y] = vectorAt(model, "weights", 0);
  const spectrum = await runStage(hessianStage, { top: 2, bottom: 0, trace: false, density: false }, { model });
  // Second differences of the energy itself.
  const energy = (u: number, v: number) => {
    const c = coefficientValues(muellerBrown.coefficients);
    const at = (k: number) => {
      const [p, q] = [u - c[`x${k}`], v - c[`y${k}`]];
      return c[`A${k}`] * Math.exp(c[`a${k}`] * p * p + c[`b${k}`] * p * q + c[`c${k}`] * q * q);
    };
    return at(1) + at(2) + at(3) + at(4);
  };
  const h = 1e-4;
  const second = (dx: number, dy: number) =>
    (energy(x + h * dx, y + h * dy) - 2 * energy(x, y) + energy(x - h * dx, y - h * dy)) / h ** 2;
  const [xx, yy, both] = [second(1, 0), second(0, 1), second(1, 1)];
  const trace = numbers(spectrum, "value").reduce((sum, value) => sum + value, 0);
  const product = numbers(spectrum, "value").reduce((all, value) => all * value, 1);
  assert.ok(Math.abs(trace - xx - yy) < 1e-3 * trace);
  assert.ok(Math.abs(product - (xx * yy - ((both - xx - yy) / 2) ** 2)) < 1e-3 * product);

  const directions = await runStage(computeDirectionsStage, { method: "random", count: 2, seed: 1 }, { model });
  const grid = await runStage(sampleGridStage, { steps: 5, range: [-0.1, 0.1] }, { model, directions });
  const [d, e] = [0, 1].map((row) => vectorAt(directions, "vector", row));
  const [a1, a2, loss] = ["a1", "a2", "loss"].map((name) => numbers(grid, name));
  for (let i = 0; i < loss.length; i++) {
    const expected = energy(x + a1[i] * d[0] + a2[i] * e[0], y + a1[i] * d[1] + a2[i] * e[1]);
    assert.ok(Math.abs(loss[i] - expected) < 1e-10 * Math.abs(expected));
  }
});

test("a grid that misses the model says so, and how far the nearest vertex is", async () => {
  const lines: string[] = [];
  const log = (text: string) => lines.push(text);
  const inputs = await around(2);
  await runStage(sampleGridStage, { steps: [4, 3] }, inputs, { log });
  assert.equal(lines.length, 1);
  assert.match(lines[0], /^the grid misses the model: axis 1 has no vertex at 0, .* at -?0\.3333.*; an odd number/);
  await runStage(sampleGridStage, { steps: 3, range: [1, 2] }, inputs, { log });
  assert.equal(lines.length, 1, "a range without the model is meant so");
});
