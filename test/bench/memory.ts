/**
 * Resident memory while the loss of ResNet-20 (CIFAR form, batch norm with stored statistics, 32 images, f32) is
 * sampled at many points of a plane through its parameters: `npm run bench -- memory [points]`, 10,000 by default.
 */
import { randomStream } from "../../src/linalg/random.js";
import { type Architecture, createModel } from "../../src/models/networks/architecture.js";
import { createObjective } from "../../src/models/problems/objective.js";
import { supervisedLoss } from "../../src/models/problems/supervisedLoss.js";

const [IMAGES, CHECKPOINTS] = [32, 10];
const points = Number(process.argv[2] ?? 10_000);
if (!(Number.isInteger(points) && points >= CHECKPOINTS)) {
  throw new RangeError(`points is ${process.argv[2]}; expected a whole number of ${CHECKPOINTS} or more`);
}

const network: Architecture = {
  kind: "resnet",
  image: [3, 32, 32],
  depth: 20,
  width: 16,
  classes: 10,
  residual: true,
  batchNorm: true,
};
const { inputs, size, statistics: state, initialize } = createModel(network);
const random = randomStream(0, "memory");
const normal = (length: number) => Float64Array.from({ length }, random.normal);
const samples = {
  inputs: Float32Array.from(normal(IMAGES * inputs)),
  targets: Float32Array.from({ length: IMAGES }, () => random.integer(10)),
};
const statistics = Float32Array.from(
  state!.layout.flatMap(({ name, shape }) => new Array<number>(shape[0]).fill(name.endsWith("variance") ? 1 : 0)),
);
const loss = supervisedLoss(network, samples, { loss: "cross-entropy", statistics });
const objective = await createObjective(loss, { dtype: "f32" });
const lossAt = objective.lossAlong(initialize(0), [normal(size), normal(size)]);
const megabytes = () => (process.memoryUsage().rss / 2 ** 20).toFixed(0);

await lossAt(Float64Array.of(0, 0));
console.log(`compiled: ${megabytes()} MiB`);
const start = performance.now();
for (let checkpoint = 1, done = 0; checkpoint <= CHECKPOINTS; checkpoint++) {
  const next = Math.round((checkpoint * points) / CHECKPOINTS);
  await lossAt(Float64Array.from({ length: 2 * (next - done) }, () => 0.1 * random.normal()));
  done = next;
  const rate = (1000 * done) / (performance.now() - start);
  console.log(`${done} points: ${megabytes()} MiB, ${rate.toFixed(1)} points/s`);
}
await objective.release();
