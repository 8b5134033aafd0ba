import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { test } from "node:test";

/** What each part may import beside itself. Files directly in src/ are the engine. */
const allowed: Record<string, string[]> = {
  linalg: [],
  files: [],
  data: ["files", "linalg"],
  graph: ["linalg"],
  models: ["graph", "linalg", "files", "data"],
  topology: ["linalg"],
  embedding: ["linalg"],
  statistics: ["linalg"],
  figures: ["data", "graph", "linalg"],
  landscape: ["models", "data", "graph", "linalg"],
  engine: [],
  entry: ["engine", "stages", "graph", "data"],
  stages: [
    "engine",
    "landscape",
    "topology",
    "embedding",
    "statistics",
    "models",
    "figures",
    "graph",
    "linalg",
    "files",
    "data",
  ],
};
/** Small helpers on text that import nothing themselves. */
const shared = ["src/nearestName.ts"];
/** Libraries that belong to one part. */
const owners: Record<string, string[]> = {
  "apache-arrow": ["src/artifactFile.ts", "src/foreignArtifact.ts"],
  "onnxruntime-node": ["src/graph"],
  "onnx-proto": ["src/graph"],
  yaml: ["src/configFile.ts", "src/yamlValue.ts", "src/stageHelp.ts"],
  piscina: ["src/run.ts"],
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
  if (["src/cli.ts", "src/commands.ts", "src/worker.ts"].includes(file)) return "entry";
  const [, part, rest] = file.split("/");
  return rest === undefined ? "engine" : part;
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name);
}

test("imports run one way, and the engine knows no stage", () => {
  assert.ok(files.length > 20);
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => name.startsWith("."))
      .map((name) => normalize(join(dirname(file), name)).replace(/\.js$/, ".ts"))
      .filter((target) => !shared.includes(target))
      .filter((target) => partOf(target) !== partOf(file) && !allowed[partOf(file)]?.includes(partOf(target)))
      // The engine starts worker.ts by its address and shares only the types of its messages.
      .filter((target) => !(file === "src/run.ts" && target === "src/worker.ts"))
      .map((target) => `${file} imports ${relative(".", target)}`),
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
