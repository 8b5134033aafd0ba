/**
 * Milliseconds a result of convolution networks at full batch in f32: loss, gradient and Hessian–vector product, on two
 * worker threads that evaluate parameter points of their own, beside PyTorch's best of 1 and 2 threads
 * (peers/torch_peer.py) in the same minutes, where it is installed. `npm run bench -- convolution [blocked|plain]
 * [rounds]`.
 *
 * Processor milliseconds a result, AMD EPYC with AVX2 (blocks of 8 channels), ONNX Runtime 1.30; two workers on two
 * free cores take half of it a result. PyTorch 1.13: wall-clock, 2 threads, best of several runs on a machine that
 * others use.
 *
 *                                                     ResNet-20              UNet
 *                                                     loss  gradient  H·v    loss  gradient
 *   standard nodes                                    230      1200  3710     230       600
 *   blocked nodes, weight gradient from six copies    140       790  1960     105       422
 *   + images and channels exchanged for it            130       600  1550     105       353
 *   + strided input gradients by remainders,
 *     rotated and arranged weights in one step        127       520  1430      94       350
 *   PyTorch, wall-clock                               113       279  1140      71       323
 *
 * Chunks of 32 images or more are best for ResNet-20 (16: 8 % slower), of 1 to 4 for the UNet. What is left beside the
 * convolutions themselves, four fifths of the time, was mostly Where (6 %; masks are products now) and changes of
 * layout (8 %).
 *
 * Precision at He's initialisation, 16 images: the relative error of a gradient in f32 is 1e-7 to 5e-7 in both layouts,
 * unless rounding changes the sign of an argument of a relu: a single one of 3 million made it 9e-5 (standard nodes).
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { onnxruntimeBackend } from "../../src/graph/backends/onnxruntime.js";
import { gradient, hessianVectorProduct } from "../../src/graph/differentiate.js";
import type { Program } from "../../src/graph/program.js";
import { sizeOf } from "../../src/graph/shape.js";
import { input } from "../../src/graph/tensor.js";
import { randomStream } from "../../src/linalg/random.js";
import { resnet20, unet } from "./networks.js";

const networks = {
  resnet20_128: { network: resnet20(), images: 128, chunk: 32 },
  unet_8: { network: unet(), images: 8, chunk: 4 },
};
const works = ["loss", "gradient", "hessian_vector"] as const;

type Name = keyof typeof networks;
type Work = (typeof works)[number];

function programOf(name: Name, work: Work): Program {
  const { network, chunk } = networks[name];
  const shapes = network.shapes(chunk);
  const [theta, v] = [input("theta", [network.size]), input("v", [network.size])];
  const [x, target] = [input("x", shapes.x), input("target", shapes.target)];
  const loss = network.loss(theta, x, target);
  if (work === "loss") return { inputs: { theta, x, target }, outputs: { loss } };
  if (work === "gradient") return { inputs: { theta, x, target }, outputs: { gradient: gradient(loss, [theta])[0] } };
  return { inputs: { theta, v, x, target }, outputs: { product: hessianVectorProduct(loss, theta, v) } };
}

/** On each message, one result: the whole batch in chunks. Answers with the seconds of processor time that it took. */
async function serve(name: Name, work: Work, blocked: boolean) {
  const program = programOf(name, work);
  const executable = await (await onnxruntimeBackend({ blocked })).compile(program, { dtype: "f32" });
  const random = randomStream(1, "bench");
  const feeds = Object.fromEntries(
    Object.entries(program.inputs).map(([key, { shape }]) => [
      key,
      Float32Array.from({ length: sizeOf(shape) }, () => (key === "target" ? random.uniform() : 0.1 * random.normal())),
    ]),
  );
  const { images, chunk } = networks[name];
  const result = async () => {
    for (let first = 0; first < images; first += chunk) await executable.run(feeds);
  };
  await result();
  parentPort!.on("message", async () => {
    await result();
    parentPort!.postMessage("done");
  });
  parentPort!.postMessage("ready");
}

const answer = (worker: Worker) => new Promise((resolve) => worker.once("message", resolve));

/** Wall-clock milliseconds a result of two workers, and processor time of one. */
async function measure(name: Name, work: Work, blocked: boolean) {
  const workers = [0, 1].map(() => new Worker(fileURLToPath(import.meta.url), { workerData: { name, work, blocked } }));
  await Promise.all(workers.map(answer));
  const runs = Array.from({ length: 5 }, () => async () => {
    const [cpu, start] = [process.cpuUsage(), performance.now()];
    const answers = workers.map(answer);
    for (const worker of workers) worker.postMessage("run");
    await Promise.all(answers);
    const { user, system } = process.cpuUsage(cpu);
    return { wall: (performance.now() - start) / 2, cpu: (user + system) / 2000 };
  });
  const times: { wall: number; cpu: number }[] = [];
  for (const run of runs) times.push(await run());
  await Promise.all(workers.map((worker) => worker.terminate()));
  return { wall: median(times.map(({ wall }) => wall)), cpu: median(times.map(({ cpu }) => cpu)) };
}

/** Milliseconds of PyTorch by the name of the figure; empty where it is not installed. */
function peer(threads: number): Map<string, number> {
  const script = "../shared/peers/torch_peer.py";
  if (!existsSync(script)) return new Map();
  const only = `exec(open("${script}").read().split("if __name__")[0]); resnet20(); unet()`;
  const { stdout } = spawnSync("/usr/bin/python3", ["-c", only, String(threads)], { encoding: "utf8" });
  const lines = stdout?.trim() ? stdout.trim().split("\n") : [];
  return new Map(lines.map((line) => JSON.parse(line)).map(({ name, ms }) => [name, ms]));
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];

if (!isMainThread) {
  const { name, work, blocked } = workerData;
  await serve(name, work, blocked);
} else {
  const [form = "blocked", rounds = "1"] = process.argv.slice(2);
  for (let round = 0; round < Number(rounds); round++) {
    const peers = [peer(1), peer(2)];
    for (const name of Object.keys(networks) as Name[]) {
      for (const work of works) {
        const { wall, cpu } = await measure(name, work, form === "blocked");
        const other = Math.min(...peers.map((figures) => figures.get(`${name}_${work}`) ?? Number.NaN));
        console.log(
          `${name} ${work}: ${wall.toFixed(1)} ms (processor time ${cpu.toFixed(1)}), PyTorch ${other.toFixed(1)}, ` +
            `ratio ${(wall / other).toFixed(2)}`,
        );
      }
    }
  }
}
