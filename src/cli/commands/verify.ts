/** `cirque verify`: reads everything in the store and compares its hashes. */
import { verifyStore } from "../../store/tidyStore.js";
import { DONE, FAILED } from "../exitCodes.js";
import { type Options, storeOf } from "../planned.js";
import { sizeOf } from "../sizeOf.js";

export async function verify(options: Options): Promise<number> {
  const { records, bytes, damaged, unreferenced } = verifyStore(storeOf(options));
  for (const message of damaged) console.log(message);
  const found = damaged.length === 0 ? "all intact" : `${damaged.length} damaged, which run again when they are needed`;
  const unused = unreferenced > 0 ? `; ${unreferenced} objects that nothing refers to, which gc removes` : "";
  console.log(`${records} results, ${sizeOf(bytes)}: ${found}${unused}`);
  return damaged.length === 0 ? DONE : FAILED;
}
