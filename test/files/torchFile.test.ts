import assert from "node:assert/strict";
import { test } from "node:test";
import { zipSync } from "fflate";
import { readPickle } from "../../src/files/pickle.js";
import { readTorchFile, TorchTensor } from "../../src/files/torchFile.js";
import { randomStream } from "../../src/linalg/random.js";
import { stateDict } from "../../src/models/weights/stateDict.js";
import { bytes, call, dict, global, number, op, statePickle, text, torchFile, torchZip, tuple } from "./torchFiles.js";

const values = Float32Array.from({ length: 6 }, (_, i) => i + 1);
const state = {
  "a.weight": { shape: [2, 3], values },
  "a.bias": { shape: [2], values: values.subarray(0, 2).slice() },
};

const tensorsOf = (file: Uint8Array, key?: string) =>
  [...stateDict(readTorchFile(file, "w.pt"), "w.pt", key)].map(([name, own]) => [
    name,
    [...own.shape],
    [...own.read()],
  ]);

test("a state dict has its tensors in order, views with their strides and offsets", () => {
  assert.deepEqual(tensorsOf(torchFile(state)), [
    ["a.weight", [2, 3], [1, 2, 3, 4, 5, 6]],
    ["a.bias", [2], [1, 2]],
  ]);
  const turned = { w: { shape: [3, 2], strides: [1, 3], values }, b: { shape: [2], strides: [2], offset: 1, values } };
  assert.deepEqual(tensorsOf(torchFile(turned)), [
    ["w", [3, 2], [1, 4, 2, 5, 3, 6]],
    ["b", [2], [2, 4]],
  ]);
});

test("a trainer's checkpoint gives its state dict; key names another part", () => {
  const one = { x: { shape: [1], values: Float32Array.of(1) } };
  const inner = statePickle(one);
  const file = torchZip(dict({ epoch: number(3), optimizer: dict({ state: inner }), state_dict: inner, ema: inner }), [
    one.x.values,
  ]);
  assert.deepEqual(tensorsOf(file), [["x", [1], [1]]]);
  assert.deepEqual(tensorsOf(file, "optimizer.state"), [["x", [1], [1]]]);
  assert.throws(() => tensorsOf(file, "emma"), /w\.pt has no "emma"; expected epoch, optimizer, state_dict, ema/);
});

test("modules are data: their parameters and buffers, and nothing is called", () => {
  const module = (parts: Record<string, Uint8Array>) =>
    bytes(global("my.models", "Net"), op.emptyTuple, op.create, dict(parts), op.build);
  const own = statePickle({ weight: { shape: [2], values: Float32Array.of(1, 2) } });
  const inner = module({ _parameters: own, _buffers: dict({}), _modules: dict({}) });
  const file = torchZip(module({ _parameters: dict({}), _buffers: dict({}), _modules: dict({ fc: inner }) }), [
    Float32Array.of(1, 2),
  ]);
  assert.deepEqual(tensorsOf(file), [["fc.weight", [2], [1, 2]]]);
});

/** What would happen if somebody called it. */
const attacks: Record<string, Uint8Array> = {
  "os.system": call("os", "system", text("touch /tmp/cirque-was-here")),
  "posix.system": call("posix", "system", text("true")),
  "builtins.eval": call("builtins", "eval", text("1")),
  "builtins.exec": call("__builtin__", "exec", text("1")),
  "builtins.getattr": call("builtins", "getattr", text("a"), text("b")),
  "subprocess.Popen": call("subprocess", "Popen", tuple(text("true"))),
  "torch.load": call("torch", "load", text("x")),
  "numpy.testing.run": call("numpy.testing", "run", text("x")),
  // A call whose arguments are a call.
  "nt.system": call("collections", "OrderedDict", call("nt", "system", text("x"))),
  // The object is made without a call, then gets its state.
  "os.environ": bytes(global("os", "environ"), op.emptyTuple, op.create, dict({ a: number(1) }), op.build),
};

for (const [name, attack] of Object.entries(attacks)) {
  test(`a pickle that means to use ${name} is refused by that name`, () => {
    const pattern = new RegExp(`^w\\.pt refers to (a call of )?${name.replaceAll(".", "\\.")}, which is refused`);
    assert.throws(
      () => readTorchFile(torchZip(dict({ x: attack })), "w.pt"),
      ({ message }: Error) => pattern.test(message),
    );
    const plain = bytes(op.proto, attack, op.stop);
    assert.throws(
      () => readTorchFile(plain, "w.pt"),
      ({ message }: Error) => pattern.test(message),
    );
    assert.throws(() => readPickle(plain, "w.pt", { allowed: new Map() }), /^Error: w\.pt refers to/);
  });
}

test("values that hold each other a million times over, or themselves, come to an end", () => {
  // a = {x: leaf}, b = {1: a, 2: a}, …: 2^40 ways to the leaf.
  const doubled = Array.from({ length: 40 }, () =>
    bytes(
      Uint8Array.of(0x71, 1),
      op.emptyDict,
      op.mark,
      text("l"),
      Uint8Array.of(0x68, 1),
      text("r"),
      Uint8Array.of(0x68, 1),
      op.setItems,
    ),
  );
  const bomb = torchZip(bytes(dict({}), ...doubled));
  assert.throws(() => tensorsOf(bomb), /w\.pt holds more than 1000000 values|w\.pt holds no tensors/);
  const self = torchZip(
    bytes(op.emptyDict, Uint8Array.of(0x71, 1), op.mark, text("me"), Uint8Array.of(0x68, 1), op.setItems),
  );
  assert.throws(() => tensorsOf(self), /w\.pt holds (no tensors|values deeper than 100 levels)/);
});

test("zip bombs, TorchScript and other archives are refused with a remedy", () => {
  const zeros = new Uint8Array(300 * 2 ** 20);
  const one = { x: { shape: [zeros.length / 4], values: new Float32Array(zeros.buffer) } };
  const packed = zipSync({ "a/data.pkl": bytes(op.proto, statePickle(one), op.stop), "a/data/0": zeros }, { level: 9 });
  const [large] = stateDict(readTorchFile(packed, "w.pt"), "w.pt").values();
  assert.throws(() => large.read(), /^Error: w\.pt: a\/data\/0.* claims/);
  const script = torchZip(dict({}), [], {
    "archive/code/net.py": Buffer.from("x"),
    "archive/constants.pkl": Buffer.from("x"),
  });
  assert.throws(
    () => tensorsOf(script),
    /w\.pt is a TorchScript archive, .*torch\.jit\.load\("w\.pt"\)\.state_dict\(\)/,
  );
  assert.throws(() => tensorsOf(zipSync({ "a.txt": Buffer.from("x") })), /w\.pt is a zip archive without data\.pkl/);
  const far = { x: { shape: [2 ** 20, 2 ** 10], strides: [0, 0], values: Float32Array.of(1) } };
  const [wide] = stateDict(readTorchFile(torchFile(far), "w.pt"), "w.pt").values();
  assert.throws(() => wide.read(), /w\.pt has a tensor \[1048576,1024\] of repeated numbers/);
});

test("400 damaged files give an error with the file's name, or tensors, within a second each", () => {
  const random = randomStream(1, "mutations");
  const whole = torchFile(state);
  for (let round = 0; round < 400; round++) {
    const damaged = Uint8Array.from(whole);
    const cut = round % 4 === 0 ? Math.floor(random.uniform() * damaged.length) : damaged.length;
    for (let k = 0; k < 1 + (round % 5); k++)
      damaged[Math.floor(random.uniform() * cut)] = Math.floor(random.uniform() * 256);
    const start = performance.now();
    try {
      for (const [, tensor] of stateDict(readTorchFile(damaged.subarray(0, cut), "w.pt"), "w.pt")) {
        assert.ok(tensor instanceof TorchTensor);
        tensor.read();
      }
    } catch (error) {
      assert.match((error as Error).message, /^w\.pt/);
    }
    assert.ok(performance.now() - start < 1000);
  }
  // Pickles alone: no checksum stands before them.
  const pickle = bytes(op.proto, statePickle(state), op.stop);
  for (let round = 0; round < 400; round++) {
    const damaged = Uint8Array.from(pickle);
    for (let k = 0; k < 1 + (round % 5); k++)
      damaged[Math.floor(random.uniform() * pickle.length)] = Math.floor(random.uniform() * 256);
    const file = zipSync(
      { "a/data.pkl": damaged, "a/data/0": new Uint8Array(24), "a/data/1": new Uint8Array(8) },
      { level: 0 },
    );
    try {
      for (const [, tensor] of stateDict(readTorchFile(file, "w.pt"), "w.pt")) tensor.read();
    } catch (error) {
      assert.match((error as Error).message, /^w\.pt/);
    }
  }
});
