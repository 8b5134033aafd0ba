/** The second half of `npm run build`. The TypeScript compiler is the first. */
import { writeFileSync } from "node:fs";
import { kinds } from "../../stages/index.js";
import { bundleLibraries } from "./bundleLibraries.js";
import { bundlePage } from "./bundlePage.js";
import { compileKernels } from "./compileKernels.js";
import { compileSchemas } from "./compileSchemas.js";
import { editorSchema } from "./editorSchema.js";
import { matchSources } from "./matchSources.js";
import { writeStageReference } from "./stageReference.js";

const root = new URL("../../../", import.meta.url);
matchSources(root);
await compileKernels(root);
await bundleLibraries(root);
await bundlePage(root);
compileSchemas();
writeFileSync(new URL("schemas/editor.json", root), `${JSON.stringify(editorSchema(kinds))}\n`);
await writeStageReference(new URL("stages/README.md", root));
