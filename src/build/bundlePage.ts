import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * Makes the programs that run in a browser, each in one piece: report.js is the script of reports, scene.js that of
 * figures in three dimensions, live.js that of `cirque open`.
 */
export async function bundlePage(root: URL): Promise<void> {
  const at = (path: string) => fileURLToPath(new URL(path, root));
  await build({
    entryPoints: ["report", "scene", "live"].map((name) => at(`src/page/${name}.ts`)),
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
