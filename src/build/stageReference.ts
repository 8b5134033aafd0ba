import { readFileSync, writeFileSync } from "node:fs";
import { loadStages } from "../../stages/index.js";
import { describeStage } from "../cli/stageHelp.js";
import { schemaOf } from "../pipeline/schemas.js";

const begin = "<!-- stages -->\n";
const end = "<!-- /stages -->\n";

/**
 * Puts the output of `cirque stages <kind>` for every kind between the marks of a README. Throws Error when the marks
 * are missing.
 */
export async function writeStageReference(readme: URL): Promise<void> {
  const text = readFileSync(readme, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${readme.pathname} has no marks ${begin.trim()} and ${end.trim()}`);
  const stages = await loadStages();
  const links = stages.map(({ name }) => `[${name}](#${name})`).join(" · ");
  const sections = stages.map((stage) => {
    const help = describeStage(stage, schemaOf(stage.name));
    return `### ${stage.name}\n\n\`\`\`text\n${help}\n\`\`\`\n`;
  });
  const made = `${text.slice(0, from)}${begin}\n${links}\n\n${sections.join("\n")}\n${text.slice(to)}`;
  if (made !== text) writeFileSync(readme, made);
}
