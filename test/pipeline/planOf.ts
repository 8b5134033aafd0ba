import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Changes, loadPipeline } from "../../src/pipeline/config.js";
import { ConfigError } from "../../src/pipeline/configFile.js";
import { type Plan, plan } from "../../src/pipeline/plan.js";
import { loadStages } from "../../stages/index.js";

const stages = await loadStages();

/** The plan of p.yaml among these files. */
export function planOf(files: Record<string, string>, changes: Changes = {}): Plan {
  const folder = mkdtempSync(join(tmpdir(), "cirque-config-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  try {
    return plan(loadPipeline(join(folder, "p.yaml"), changes), stages);
  } catch (error) {
    if (error instanceof ConfigError) error.message = error.message.replaceAll(`${folder}/`, "");
    throw error;
  }
}

/** The first lines of the faults that it is refused for; none where it is planned. */
export function faultsOf(files: Record<string, string>, changes: Changes = {}): string[] {
  try {
    planOf(files, changes);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split("\n").filter((line) => !/^ +(\d+ )?\|/.test(line));
  }
}

/** Its steps by name. */
export const ids = ({ steps }: Plan) => steps.map(({ id }) => id);
