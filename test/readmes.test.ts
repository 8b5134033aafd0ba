/** The documentation: every link leads somewhere, every command is one, and every block of YAML can be read. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { isKind } from "../stages/index.js";

const documents = execFileSync("git", ["ls-files", "*.md"], { encoding: "utf8" }).trim().split("\n");
const texts = new Map(documents.map((path) => [path, readFileSync(path, "utf8")]));
const main = join(process.cwd(), "dist/src/cli/main.js");

/** A heading as GitHub links to it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const anchorsOf = (path: string) =>
  [...readFileSync(path, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading));

/** Blocks between fences, by language; lines in none are those indented by four spaces. */
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, block]) => block);
const commandsOf = (text: string) =>
  text.split("\n").flatMap((line) =>
    line.startsWith("    n")
      ? line
          .trim()
          .replace(/\s+#.*$/, "")
          .split(" && ")
      : [],
  );

test("the README is a landing page, and there are documents beside it", () => {
  assert.ok(documents.includes("README.md") && documents.length > 5, documents.join());
  assert.ok((texts.get("README.md") as string).split("\n").length <= 150);
});

test("every link within the repository leads to a file, and to a heading of it", () => {
  let seen = 0;
  for (const [path, text] of texts) {
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const [file, anchor] = link.split("#");
      const target = file === "" ? path : join(dirname(path), file);
      assert.ok(existsSync(target), `${path} links to ${link}`);
      if (anchor) assert.ok(anchorsOf(target).includes(anchor), `${path} links to ${link}, no heading of ${target}`);
      seen++;
    }
  }
  assert.ok(seen > 20);
});

test("the licences of all dependencies are listed, as their packages state them", () => {
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  const rows = new Map(
    [...(texts.get("THIRD_PARTY.md") as string).matchAll(/^\| (\S+) +\| ([^|]+?) +\|/gm)]
      .slice(2)
      .map(([, a, b]) => [a, b]),
  );
  assert.deepEqual([...rows.keys()], Object.keys(dependencies));
  for (const [name, listed] of rows) {
    const { license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
    if (!license.startsWith("SEE")) assert.equal(listed, license, name);
  }
});

const program = mkdtempSync(join(tmpdir(), "cirque-readmes-"));
cpSync("pipelines", join(program, "pipelines"), { recursive: true });
writeFileSync(join(program, "package.json"), "{}");

function cirque(args: readonly string[], cwd: string): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd, encoding: "utf8" });
  return { status, said: stdout + stderr };
}

/** Commands that end soon and need no results. */
const light = new Set(["check", "status", "dag", "stages", "init", "--help", "--version"]);

test("every command of a document is one: those that end soon are run, of the others the options are looked up", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  const seen = new Set<string>();
  for (const [path, text] of texts) {
    for (const command of commandsOf(text)) {
      const words = (command.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ""));
      const where = `${path}: ${command}`;
      if (words[0] === "npm") {
        const name = words[1] === "run" ? words[2] : words[1];
        if (["ci", "install", "rebuild", "pack"].includes(name)) continue;
        assert.ok(name in scripts, `${where}: no script "${name}"`);
        continue;
      }
      if (words[0] !== "npx" || words[1] !== "cirque") continue;
      const [verb, ...rest] = words.slice(2);
      seen.add(verb);
      const folder = path === "pipelines/README.md" ? join(program, "pipelines") : program;
      if (light.has(verb)) {
        const { status, said } = cirque([verb, ...rest], folder);
        assert.equal(status, 0, `${where}\n${said}`);
        continue;
      }
      const { said } = cirque([verb, "--help"], folder);
      assert.match(said, new RegExp(`Usage: cirque ${verb}`), where);
      for (const option of rest.filter((word) => /^--?[a-z]/.test(word))) {
        assert.ok(said.includes(option.split("=")[0]), `${where}: no option ${option}\n${said}`);
      }
      const file = rest.find((word) => word.endsWith(".yaml"));
      if (file) assert.ok(existsSync(join(folder, file)), `${where}: no file ${file}`);
    }
  }
  assert.ok(
    ["run", "check", "status", "why", "init"].every((verb) => seen.has(verb)),
    [...seen].join(),
  );
});

test("every block of YAML can be read; whole pipelines pass check, fragments use stages that there are", () => {
  let whole = 0;
  for (const [path, text] of texts) {
    for (const [i, block] of blocks(text, "yaml").entries()) {
      const value = parse(block.replaceAll("{ … }", "{ a: a }").replaceAll("…", "")) as Record<string, unknown>;
      if ("stages" in value) {
        const file = join(program, "pipelines", `block${i}.yaml`);
        writeFileSync(file, block);
        const { status, said } = cirque(["check", file], program);
        assert.equal(status, 0, `${path}\n${block}\n${said}`);
        whole++;
        continue;
      }
      for (const [name, stage] of Object.entries(value) as [string, { uses?: string }][]) {
        if (stage?.uses)
          assert.ok(isKind(stage.uses) || stage.uses.startsWith("./"), `${path}: ${name} uses ${stage.uses}`);
      }
    }
  }
  assert.ok(whole >= 2);
});

test("every word of the pipeline language stands in an example of the manual that check reads", () => {
  const schema = JSON.parse(readFileSync("schemas/pipeline.json", "utf8"));
  const { matrix, stages } = schema.properties;
  const used = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (!Array.isArray(value)) used.add(key);
      collect(inner);
    }
  };
  for (const block of blocks(texts.get("pipelines/README.md") as string, "yaml")) {
    const value = parse(block);
    if ("stages" in value) collect(value);
  }
  const source = stages.additionalProperties.properties.from.additionalProperties.items.then.properties;
  const words = [schema.properties, matrix.properties, stages.additionalProperties.properties, source].flatMap(
    Object.keys,
  );
  assert.ok(
    ["extends", "zip", "where", "by", "set"].every((word) => words.includes(word)),
    words.join(),
  );
  assert.deepEqual(
    words.filter((word) => !used.has(word)),
    [],
  );
});
