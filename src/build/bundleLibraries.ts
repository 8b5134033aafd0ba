import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The modules that only pass on a part of a library, and the licences of what they bundle. */
const bundles = {
  "artifact/arrow": "apache-arrow and flatbuffers, Apache-2.0; tslib, 0BSD",
  "pipeline/yaml": "yaml, ISC, copyright Eemeli Aro",
};

/** For CommonJS modules that require those of Node. */
const withRequire = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

/**
 * Replaces these compiled modules by one file each with the part of the library that they pass on. A library of a
 * hundred modules takes longer to load than a command to run.
 */
export async function bundleLibraries(root: URL): Promise<void> {
  const at = (path: string) => fileURLToPath(new URL(path, root));
  for (const [name, licences] of Object.entries(bundles)) {
    await build({
      entryPoints: [at(`src/${name}.ts`)],
      outfile: at(`dist/src/${name}.js`),
      bundle: true,
      minify: true,
      format: "esm",
      platform: "node",
      target: "node20",
      // ECMAScript modules where there are any, because esbuild leaves out of them what nothing uses.
      mainFields: ["module", "main"],
      charset: "ascii",
      banner: { js: `/*! ${licences}. The licences are in node_modules. */\n${withRequire}` },
      logLevel: "warning",
    });
  }
}
