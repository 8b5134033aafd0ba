/** The stage of roughness.js as a command. */
import { artifact, numbers, readArtifact, writeArtifact } from "cirque";

const { CIRQUE_INPUT_GRID, CIRQUE_OUTPUT, CIRQUE_PARAMS } = process.env;
const { scale = 1 } = JSON.parse(CIRQUE_PARAMS);
const loss = numbers(readArtifact(CIRQUE_INPUT_GRID), "loss");
let sum = 0;
for (let i = 1; i + 1 < loss.length; i++) sum += Math.abs(loss[i - 1] - 2 * loss[i] + loss[i + 1]);
const roughness = (scale * sum) / (loss.length - 2);
console.log("roughness", roughness); // `cirque logs` shows it
writeArtifact(CIRQUE_OUTPUT, artifact("table", { roughness: Float64Array.of(roughness) }));
