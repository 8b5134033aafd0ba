import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Makes the programs that run in a browser, each in one piece: report.js is the script of reports, live.js
 * that of `cirque open`. */
export async function bundlePage(root: URL): Promise<void> {
  const at = (path: string) => fileURLToPath(new URL(path, root));
  await build({
    entryPoints: [at("src/page/report.ts"), at("src/page/live.ts")],
    outdir: at("dist/src/page/"),
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "ascii",
    legalComments: "none",
    logLevel: "warning",
  });
}
