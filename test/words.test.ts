import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

/** A sentence that opens with one of these hides its subject. Questions may: "Where does training go?" */
const hidden = /(?:^|[.:] +)(?:Of|Where|Whether|As) [^.?]*(?:\.|$)/;

/** The files with this ending in a folder, without what is installed, built or published. */
function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const { name } = entry;
    const path = join(folder, name);
    if (entry.isDirectory()) return /^(?:\.|node_modules|dist|results)/.test(name) ? [] : filesIn(path, ending);
    return name.endsWith(ending) ? [path] : [];
  });
}

/** Lines of one paragraph, without their marks, as one text. A line that has no text ends the paragraph. */
function paragraphs(lines: readonly string[], textOf: (line: string) => string | undefined): string[] {
  const found: string[] = [];
  let open = false;
  for (const line of lines) {
    const text = textOf(line)?.trim();
    if (text && open) found.push(`${found.pop()} ${text}`);
    else if (text) found.push(text);
    open = Boolean(text);
  }
  return found;
}

const inCode = (line: string) => /^\s*(?:\/\/|\/\*\*?|\*)(?!\/)(.*?)(?:\*\/)?$/.exec(line)?.[1];
const inYaml = (line: string) => /^\s*#(?! yaml-language-server)(.*)$/.exec(line)?.[1];
/** Headings, tables and code are not sentences; an entry of a list is a paragraph of its own. */
const inMarkdown = (line: string) => (/^(?:#|\||```| {4}|\s*(?:[-*]|\d+\.) )/.test(line) ? undefined : line);
const entryOf = (line: string) => /^\s*(?:[-*]|\d+\.) (.*)$/.exec(line)?.[1];

/** All texts in a schema. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function hiddenIn(file: string): string[] {
  const content = readFileSync(file, "utf8");
  const lines = content.split("\n");
  const texts = file.endsWith(".json")
    ? textsIn(JSON.parse(content))
    : file.endsWith(".md")
      ? [...paragraphs(lines, inMarkdown), ...lines.flatMap((line) => entryOf(line) ?? [])]
      : paragraphs(lines, file.endsWith(".yaml") ? inYaml : inCode);
  return texts.flatMap((text) => hidden.exec(text)?.map((found) => `${file}: ${found.trim()}`) ?? []);
}

test("sentences of comments, schemas and READMEs do not open with Of, Where, Whether or As", () => {
  const files = [
    ...["src", "stages", "test"].flatMap((folder) => filesIn(folder, ".ts")),
    ...filesIn("schemas", ".json").filter((file) => !file.endsWith("editor.json")),
    ...filesIn("pipelines", ".yaml"),
    ...filesIn(".", ".md"),
  ];
  assert.ok(files.length > 800);
  assert.deepEqual(files.flatMap(hiddenIn), []);
});
