import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const cli = join(process.cwd(), "dist/src/cli/main.js");
const answerer = join(process.cwd(), "dist/test/models/external/answerer.js");
const python = ["/usr/bin/python3", "python3"].find(
  (name) => spawnSync(name, ["-c", "import torch, numpy"]).status === 0,
);

function cirque(folder: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

/** The rows of a CSV file as numbers by column. */
function table(path: string): Record<string, number>[] {
  const [head, ...rows] = readFileSync(path, "utf8").trim().split("\r\n");
  return rows.map((row) => Object.fromEntries(row.split(",").map((cell, i) => [head.split(",")[i], Number(cell)])));
}

const landscape = (command: string, dtype: string, more = "") => `params: { dtype: ${dtype} }
stages:
  model: { uses: load-model, with: { dtype: "\${dtype}", architecture: { kind: parameters }, problem: { kind: external, command: "${command}"${more} } } }
  directions: { uses: compute-directions, from: { model: model }, with: { method: hessian, count: 2, dtype: "\${dtype}" } }
  grid: { uses: sample-grid, from: { model: model, directions: directions }, with: { steps: 5, dtype: "\${dtype}" } }
  spectrum: { uses: hessian, from: { model: model }, with: { top: 2, trace: false, density: false, dtype: "\${dtype}" } }
  tree: { uses: merge-tree, from: { grid: grid } }
  profile: { uses: profile, from: { tree: tree } }
  report: { uses: report, from: { figures: [grid, profile] } }
publish: [grid, spectrum]
`;

test("a process of one's own goes through directions, a grid, a spectrum and a report", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-external-"));
  writeFileSync(join(folder, "p.yaml"), landscape(`'${process.execPath}' '${answerer}'`, "f64"));
  const { status, stderr } = cirque(folder, "run", "p.yaml", "-j", "2");
  assert.equal(status, 0, stderr);
  // The Hessian of x⁴ + xy + y² at (1/2, −1/4) is [[3, 1], [1, 2]].
  const root = Math.sqrt(5) / 2;
  const values = table(join(folder, "results/p/tables/spectrum.csv")).map(({ value }) => value);
  for (const [i, expected] of [2.5 + root, 2.5 - root].entries()) assert.ok(Math.abs(values[i] - expected) < 1e-9);
  const grid = table(join(folder, "results/p/tables/grid.csv"));
  assert.equal(grid.length, 25);
  assert.equal(grid[12].loss, 0.5 ** 4 - 0.125 + 0.0625, "the center is exact");
  assert.ok(grid.every(({ loss, double }) => double === undefined || double === 2 * loss));
  assert.match(cirque(folder, "run", "p.yaml").stderr, /all cached/);
});

test("derivatives that a process does not answer carry their step and error; a fault fails its step alone", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-external-"));
  writeFileSync(join(folder, "p.yaml"), landscape(`'${process.execPath}' '${answerer}' none loss`, "f64"));
  assert.equal(cirque(folder, "run", "p.yaml").status, 0);
  assert.match(cirque(folder, "show", "p.yaml", "directions").stdout, /differences[\s\S]*hvp[\s\S]*error[\s\S]*step/);
  assert.match(cirque(folder, "logs", "p.yaml", "directions").stdout, /hvp by central differences/);

  writeFileSync(
    join(folder, "q.yaml"),
    `matrix: { fault: [none, text, nan] }
stages:
  model: { uses: load-model, with: { architecture: { kind: parameters, count: 2 }, problem: { kind: external, command: "'${process.execPath}' '${answerer}' \${fault}" } } }
  summary: { uses: gather, from: { table: model } }
`,
  );
  const { status, stderr } = cirque(folder, "run", "q.yaml");
  assert.equal(status, 1);
  assert.match(stderr, /2 failed: model@fault=text, model@fault=nan|2 failed: model@fault=nan, model@fault=text/);
  assert.match(stderr, /on standard output; expected a frame/);
});

test("files that the command names are part of the key", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-external-"));
  const script = (comment: string) => `import ${JSON.stringify(pathToFileURL(answerer).href)}; // ${comment}\n`;
  writeFileSync(join(folder, "own.mjs"), script("first"));
  writeFileSync(join(folder, "p.yaml"), landscape(`'${process.execPath}' own.mjs`, "f64"));
  assert.equal(cirque(folder, "run", "p.yaml", "model").status, 0);
  assert.match(cirque(folder, "run", "p.yaml", "model").stderr, /all cached/);
  writeFileSync(join(folder, "own.mjs"), script("second"));
  assert.match(cirque(folder, "why", "p.yaml", "model").stdout, /own\.mjs/);
});

test("minima of a process are jumped from, trained on and connected", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-external-"));
  writeFileSync(
    join(folder, "p.yaml"),
    `stages:
  model: { uses: train, with: { optimizer: { kind: lbfgs, maxIterations: 50 }, architecture: { kind: parameters }, problem: { kind: external, command: "'${process.execPath}' '${answerer}'" } } }
  jumps: { uses: jump-and-retrain, from: { model: model }, with: { seeds: [0], steps: [2], epochs: 30 } }
  paths: { uses: connect-minima, from: { minima: [model, jumps] }, with: { points: 5, epochs: 5, dtype: f64 } }
publish: [paths]
`,
  );
  const { status, stderr } = cirque(folder, "run", "p.yaml");
  assert.equal(status, 0, stderr);
  // x⁴ + xy + y² has its minima at ±(1/√8, −1/√32), where it is −1/64.
  assert.equal(cirque(folder, "export", "p.yaml", "jumps", "-o", "jumps.csv").status, 0);
  const jumps = table(join(folder, "jumps.csv"));
  assert.ok(jumps.length > 5);
  assert.ok(Math.abs(jumps[jumps.length - 1].loss + 1 / 64) < 1e-9);
  const paths = table(join(folder, "results/p/tables/paths.csv"));
  assert.ok(paths.every(({ loss }) => loss >= -1 / 64 - 1e-9 && Number.isFinite(loss)));
});

test("check refuses what does not go together", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-external-"));
  const faults: [string, RegExp][] = [
    [
      "architecture: { kind: mlp, widths: [2, 1] }, problem: { kind: external, command: x }",
      /architecture\.kind: is mlp; an external problem needs the architecture parameters/,
    ],
    [
      "architecture: { kind: parameters, names: [x] }, problem: { kind: external, command: x }",
      /architecture\.names: has no effect, because the command names its tensors/,
    ],
    [
      "architecture: { kind: parameters }, problem: { kind: external, command: x, files: [no.py] }",
      /no\.py.* does not exist/,
    ],
    ["architecture: { kind: parameters }, path: w.npz, problem: { kind: external, command: x }", /path: has no effect/],
  ];
  for (const [given, message] of faults) {
    writeFileSync(join(folder, "p.yaml"), `stages:\n  model: { uses: load-model, with: { ${given} } }\n`);
    const { status, stderr } = cirque(folder, "check", "p.yaml");
    assert.equal(status, 2);
    assert.match(stderr, message);
  }
});

/** A network that nothing else can express: dropout, a layer of the user's own, and its loss. */
const torchScript = `
import torch
torch.manual_seed(0)
class Gate(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.sin(x) * x.sigmoid()
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(1, 4, 3)
        self.norm = torch.nn.BatchNorm2d(4)
        self.drop = torch.nn.Dropout(0.5)
        self.last = torch.nn.Linear(4 * 36, 3)
    def forward(self, x):
        x = self.norm(self.first(x))
        x = torch.sin(x) * x.sigmoid()
        return self.last(self.drop(x).flatten(1))
net = Net().double()
images = torch.randn(20, 1, 8, 8, dtype=torch.float64)
labels = torch.randint(0, 3, (20,))
for _ in range(3):
    net(images)  # statistics of the batch norm
def loss_of_batch(module, batch):
    x, y = batch
    return torch.nn.functional.cross_entropy(module(x), y)
data = [(images[:12], labels[:12]), (images[12:], labels[12:])]
`;

/** The same grid and eigenvalues by PyTorch alone, from Cirque's directions. */
const torchOracle = `
import json, sys
import numpy as np
net.eval()
theta = torch.nn.utils.parameters_to_vector(net.parameters()).detach()
names = [name for name, _ in net.named_parameters()]
sizes = [p.numel() for p in net.parameters()]
shapes = [p.shape for p in net.parameters()]
from torch.nn.utils.stateless import functional_call
def loss(at):
    values = {n: x.reshape(s) for n, x, s in zip(names, at.split(sizes), shapes)}
    return torch.nn.functional.cross_entropy(functional_call(net, values, images), labels)
hessian = torch.autograd.functional.hessian(loss, theta).numpy()
directions = np.load("directions.npz")["vector"]
coefficients = np.loadtxt("grid.csv", delimiter=",", skiprows=1)
losses = [loss(theta + torch.as_tensor(row[1] * directions[0] + row[2] * directions[1])).item() for row in coefficients]
print(json.dumps({"eigenvalues": np.linalg.eigvalsh(hessian)[::-1][:2].tolist(), "losses": losses}))
`;

test("a PyTorch module with dropout and a layer of its own equals PyTorch alone", {
  skip: python === undefined && "no PyTorch here",
}, () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-external-"));
  copyFileSync("stages/inputs/external.py", join(folder, "external.py"));
  writeFileSync(join(folder, "loss.py"), `${torchScript}\nimport external\nexternal.serve(net, loss_of_batch, data)\n`);
  writeFileSync(
    join(folder, "p.yaml"),
    landscape(`${python} loss.py`, "f64", ", files: [loss.py, external.py]").replace(
      "publish: [grid",
      "publish: [directions, grid",
    ),
  );
  const { status, stderr } = cirque(folder, "run", "p.yaml");
  assert.equal(status, 0, stderr);
  assert.equal(cirque(folder, "export", "p.yaml", "directions", "--format", "npz", "-o", "directions.npz").status, 0);
  copyFileSync(join(folder, "results/p/tables/grid.csv"), join(folder, "grid.csv"));
  writeFileSync(join(folder, "oracle.py"), `${torchScript}${torchOracle}`);
  const oracle = spawnSync(python as string, ["oracle.py"], { cwd: folder, encoding: "utf8" });
  assert.equal(oracle.status, 0, oracle.stderr);
  const { eigenvalues, losses } = JSON.parse(oracle.stdout);
  const found = table(join(folder, "results/p/tables/spectrum.csv")).map(({ value }) => value);
  for (const [i, value] of eigenvalues.entries()) assert.ok(Math.abs(found[i] - value) < 1e-5 * Math.abs(value));
  const grid = table(join(folder, "results/p/tables/grid.csv"));
  for (const [i, loss] of losses.entries())
    assert.ok(Math.abs(grid[i].loss - loss) <= 1e-12 * loss, `${grid[i].loss} ${loss}`);
});
