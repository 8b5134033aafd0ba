/**
 * Damage as storage and transfer do it: bytes changed, cut off, repeated. Seeded, so that a failure can be made again.
 */
import assert from "node:assert/strict";
import { randomStream } from "../src/linalg/random.js";

/** The most time of the processor and memory that reading a damaged small file may take. */
const MILLISECONDS = 1000;
const BYTES = 500 * 2 ** 20;

/** The i-th damaged copy of `bytes`. */
export function mutated(bytes: Uint8Array, i: number): Uint8Array {
  const random = randomStream(7, "mutation", i);
  const copy = Uint8Array.from(bytes);
  const at = () => random.integer(copy.length);
  switch (i % 5) {
    case 0: // one byte
      copy[at()] = random.integer(256);
      return copy;
    case 1: // a few bits
      for (let k = 0; k < 8; k++) copy[at()] ^= 1 << random.integer(8);
      return copy;
    case 2: // a word: the extremes of lengths and offsets
      copy.fill([0, 0x7f, 0x80, 0xff][random.integer(4)], at(), at() + 4);
      return copy;
    case 3: // cut off
      return copy.subarray(0, at());
    default: {
      // a piece in another place
      const from = at();
      copy.copyWithin(at(), from, from + 1 + random.integer(64));
      return copy;
    }
  }
}

/**
 * Reads `count` damaged copies of `bytes`: each is read, or refused with an Error whose message begins with `name`,
 * within a second and 500 MB. Returns how many were refused.
 */
export async function readMutations(
  bytes: Uint8Array,
  name: string,
  read: (bytes: Uint8Array) => unknown,
  count = 400,
): Promise<number> {
  let refused = 0;
  for (let i = 0; i < count; i++) {
    const damaged = mutated(bytes, i);
    const start = process.cpuUsage();
    try {
      await read(damaged);
    } catch (error) {
      refused++;
      const { message } = error as Error;
      const isOurs = error instanceof Error && !(error instanceof RangeError) && message.startsWith(name);
      assert.ok(isOurs, `mutation ${i}: ${(error as Error).stack}`);
    }
    const { user, system } = process.cpuUsage(start);
    const took = (user + system) / 1000;
    assert.ok(took < MILLISECONDS, `mutation ${i} took ${took} ms of the processor`);
    const { rss } = process.memoryUsage();
    assert.ok(rss < BYTES, `after mutation ${i} the process has ${rss} bytes`);
  }
  return refused;
}
