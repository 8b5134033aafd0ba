/** `cirque init`: writes a pipeline file to begin with. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { pipelineName } from "../../pipeline/config.js";
import { DONE, UsageError } from "../exitCodes.js";
import { starter } from "../starter.js";

export async function init(path: string): Promise<number> {
  const file = /\.ya?ml$/.test(path) ? path : `${path}.yaml`;
  if (existsSync(file)) throw new UsageError(`${file} exists already; expected the name of a new file`);
  const name = pipelineName(file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, starter(name));
  console.log(`${file}\nnext: cirque run ${file}`);
  return DONE;
}
