import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { readTar, type TarFile } from "../../src/files/tar.js";
import { folderOf, someBytes } from "../data/files.js";
import { entry, tarFile } from "../data/tarFile.js";

/** The archive in chunks of `size` bytes. */
async function* chunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, size = 700, wanted = (_: string) => true): Promise<TarFile[]> {
  const files: TarFile[] = [];
  for await (const file of readTar(chunks(bytes, size), "a.tar", wanted)) files.push(file);
  return files;
}

test("files come out whole and in order, however the bytes arrive; folders and links are passed over", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(1500), { maxLength: 6 }),
      fc.integer({ min: 1, max: 3000 }),
      async (sizes, size) => {
        const files = sizes.map((length, i) => ({
          path: `${"d/".repeat(i * 20)}f${i}`,
          content: someBytes(length, i + 1),
        }));
        const archive = tarFile([{ path: "d/", type: "5" }, ...files, { path: "link", type: "2" }]);
        assert.deepEqual(await read(archive, size), files);
      },
    ),
    { seed: 21, numRuns: 40 },
  );
});

test("what is not wanted is not kept, and does not disturb what follows", async () => {
  const archive = tarFile([
    { path: "a", content: someBytes(600) },
    { path: "b", content: someBytes(5) },
  ]);
  assert.deepEqual(await read(archive, 100, (path) => path === "b"), [{ path: "b", content: someBytes(5) }]);
});

const gnuTar = spawnSync("tar", ["--version"]).stdout?.includes("GNU tar");

test("archives that tar itself writes are read, with long names too", {
  skip: !gnuTar && "no GNU tar here",
}, async () => {
  const long = `${"folder-with-a-long-name/".repeat(6)}file.txt`;
  const folder = folderOf({ "a.txt": "one", [long]: "two" });
  for (const format of ["gnu", "pax", "ustar"]) {
    const archive = execFileSync("tar", [`--format=${format}`, "-cf", "-", "-C", folder, "a.txt", long]);
    const files = await read(archive);
    assert.deepEqual(
      files.map(({ path, content }) => [path, Buffer.from(content).toString()]),
      [
        ["a.txt", "one"],
        [long, "two"],
      ],
      format,
    );
  }
});

test("what is not an archive, damaged or cut short is an error", async () => {
  const archive = tarFile([{ path: "a", content: someBytes(600) }]);
  await assert.rejects(read(Buffer.from("x".repeat(2000))), /a\.tar holds no tar archive/);
  await assert.rejects(read(archive.subarray(0, 900)), /a\.tar is cut short inside a/);
  await assert.rejects(read(archive.subarray(0, 1536)), /a\.tar is cut short: its archive has no end/);
  const damaged = Buffer.concat([entry("a", someBytes(3), "0"), entry("b", someBytes(3), "0")]);
  damaged[1030] ^= 1;
  await assert.rejects(read(damaged), /a\.tar is a damaged tar archive: the checksum of a header differs/);
});
