/**
 * The second half of `npm run gallery`. `cirque run pipelines/gallery.yaml` is the first. Writes small copies of the
 * figures to pipelines/gallery/, and the table of pipelines/README.md that shows them.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { renderPng } from "../figures/render.js";

const root = new URL("../../../", import.meta.url);
const from = new URL("results/gallery/figures/", root);
const to = new URL("pipelines/gallery/", root);

/** The longest sides of a copy, in pixels. */
const [widest, highest] = [520, 480];
const inRow = 3;

const pictures = readdirSync(from)
  .filter((name) => name.endsWith(".svg"))
  .sort();
rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
const names: string[] = [];
for (const picture of pictures) {
  const name = picture.replace(/(@.*)?\.svg$/, "");
  const svg = readFileSync(new URL(picture, from), "utf8");
  const [width, height] = (/viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []).slice(1).map(Number);
  const scale = Math.min(widest / width, highest / height);
  writeFileSync(new URL(`${name}.png`, to), await renderPng(svg, { scale }));
  names.push(name);
}

const cells = names.map((name) => `![${name}](gallery/${name}.png)<br>\`${name}\``);
const columns = Array.from({ length: inRow }, (_, column) => {
  const own = cells.filter((_, k) => k % inRow === column);
  const longest = Math.max(...own.map(({ length }) => length));
  const missing = Math.ceil(cells.length / inRow) - own.length;
  const filled = ["", "-".repeat(longest), ...own, ...Array<string>(missing).fill("")];
  return filled.map((cell) => cell.padEnd(longest));
});
const table = columns[0].map((_, row) => `| ${columns.map((column) => column[row]).join(" | ")} |`).join("\n");
const readme = new URL("pipelines/README.md", root);
const text = readFileSync(readme, "utf8");
writeFileSync(
  readme,
  text.replace(/(<!-- gallery -->\n).*?(\n<!-- end -->)/s, (_, begin, end) => begin + table + end),
);
