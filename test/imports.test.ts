import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { test } from "node:test";

/**
 * The parts in order: each may import those of its list, and itself. The list of stages is handed to the engine in one
 * place, src/cli, and in the worker that runs them.
 */
const mathematics = [
  "text",
  "linalg",
  "statistics",
  "topology",
  "embedding",
  "solvers",
  "graph",
  "data",
  "models",
  "training",
  "landscape",
];
const allowed: Record<string, string[]> = {
  text: [],
  linalg: [],
  files: ["text"],
  statistics: ["linalg"],
  topology: ["linalg"],
  embedding: ["linalg"],
  solvers: ["linalg"],
  graph: ["text", "linalg"],
  data: ["text", "files", "linalg"],
  models: ["text", "graph", "linalg", "files", "data"],
  training: ["models", "data", "graph", "linalg"],
  landscape: ["training", "models", "data", "graph", "linalg"],
  figures: ["text", "data", "graph", "linalg"],
  page: ["figures", "topology", "linalg"],
  artifact: [],
  contract: ["artifact", "text"],
  store: ["artifact", "text"],
  pipeline: ["store", "contract", "artifact", "text"],
  run: ["pipeline", "store", "contract", "artifact", "text", "graph"],
  stages: [...mathematics, "figures", "files", "contract", "artifact", "pipeline"],
  build: ["cli", "figures", "pipeline", "stages"],
  cli: ["run", "pipeline", "store", "contract", "artifact", "text", "stages", "graph", "data", "files"],
  library: [...mathematics, "cli", "run", "pipeline", "store", "contract", "artifact"],
  index: [...mathematics, "library", "run", "pipeline", "store", "contract", "artifact"],
};
/** Libraries that belong to one part. */
const owners: Record<string, string[]> = {
  "apache-arrow": ["src/artifact"],
  "onnxruntime-node": ["src/graph"],
  "onnx-proto": ["src/graph"],
  yaml: ["src/pipeline"],
  piscina: ["src/run"],
  esbuild: ["src/build"],
  vega: ["src/figures"],
  "vega-lite": ["src/figures"],
  sharp: ["src/data/images.ts"],
};

const files = ["src", "stages"].flatMap((folder) =>
  (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name)),
);

function partOf(file: string): string {
  if (file.startsWith("stages")) return "stages";
  const [, part, rest] = file.split("/");
  if (part === "index.ts") return "index";
  return rest === undefined ? "contract" : part;
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import|require)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name);
}

test("imports run one way, and the engine knows no stage", () => {
  assert.ok(files.length > 20);
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => name.startsWith("."))
      .map((name) => normalize(join(dirname(file), name)).replace(/\.js$/, ".ts"))
      .filter((target) => partOf(target) !== partOf(file) && !allowed[partOf(file)]?.includes(partOf(target)))
      .map((target) => `${file} imports ${relative(".", target)}`),
  );
  assert.deepEqual(wrong, []);
});

test("stages import no stages", () => {
  const stages = files.filter((file) => dirname(file) === "stages" && file !== "stages/index.ts");
  assert.ok(stages.length > 20);
  const wrong = files
    .filter((file) => file.startsWith("stages") && file !== "stages/index.ts")
    .flatMap((file) =>
      importsOf(file)
        .map((name) => normalize(join(dirname(file), name)).replace(/\.js$/, ".ts"))
        .filter((target) => stages.includes(target))
        .map((target) => `${file} imports ${target}`),
    );
  assert.deepEqual(wrong, []);
});

test("a library that one part owns is not used elsewhere", () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => Object.hasOwn(owners, name) && !owners[name].some((owner) => file.startsWith(owner)))
      .map((name) => `${file} imports ${name}`),
  );
  assert.deepEqual(wrong, []);
});
