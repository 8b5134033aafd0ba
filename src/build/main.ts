/** The second half of `npm run build`. The TypeScript compiler is the first. */
import { writeFileSync } from "node:fs";
import { kinds } from "../../stages/index.js";
import { compileSchemas } from "./compileSchemas.js";
import { editorSchema } from "./editorSchema.js";
import { matchSources } from "./matchSources.js";

matchSources(new URL("../../../", import.meta.url));
compileSchemas();
writeFileSync(new URL("../../../schemas/editor.json", import.meta.url), `${JSON.stringify(editorSchema(kinds))}\n`);
