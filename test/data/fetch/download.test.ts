import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { download } from "../../../src/data/fetch/download.js";
import { fetchDataset } from "../../../src/data/fetch/fetchDataset.js";
import { type KnownName, knownSets } from "../../../src/data/knownSets.js";
import { folderOf, someBytes } from "../files.js";
import { tarFile } from "../tarFile.js";

const file = Buffer.from(someBytes(200_000));
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

/**
 * A server on this machine; `answer` is given the number of the request, from 0. Its address, and the ranges asked for.
 */
async function serve(answer: (request: IncomingMessage, response: ServerResponse, count: number) => void) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.range ?? "all");
    answer(request, response, asked.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.bin`, asked };
}

/** Sends what a range asks for; where `cut` is given, breaks off after so many bytes. */
function send(request: IncomingMessage, response: ServerResponse, cut = Infinity) {
  const from = Number(request.headers.range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
  if (from >= file.length) return void response.writeHead(416, { "content-range": `bytes */${file.length}` }).end();
  const headers = {
    "content-length": file.length - from,
    "content-range": `bytes ${from}-${file.length - 1}/${file.length}`,
  };
  response.writeHead(request.headers.range ? 206 : 200, headers);
  if (cut >= file.length - from) return void response.end(file.subarray(from));
  response.write(file.subarray(from, from + cut), () => setTimeout(() => response.destroy(), 250));
}

const into = () => join(folderOf({}), "file.bin");
const get = (url: string, path: string, sum = md5(file), onBytes = (_done: number, _total?: number) => {}) =>
  download(url, path, { md5: sum, megabytes: file.length / 1e6 }, onBytes);

test("a server that does not stop is stopped at twice the size that the file is known to have", async () => {
  let sent = 0;
  const { url } = await serve((_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => {
      sent += file.length;
      response.write(file);
    }, 5);
    response.on("close", () => clearInterval(timer));
  });
  const path = into();
  await assert.rejects(
    get(url, path),
    /the server sends more than [\d.]+ MB; expected about half as much; file\.bin\.partial is removed$/,
  );
  assert.ok(!existsSync(path) && !existsSync(`${path}.partial`));
  assert.ok(sent < 100 * file.length);
});

test("a file is downloaded, named when it is complete, and not asked for again", async () => {
  const { url, asked } = await serve((request, response) => send(request, response));
  const path = into();
  const seen: (number | undefined)[][] = [];
  assert.equal(await get(url, path, md5(file), (...bytes) => seen.push(bytes)), "downloaded");
  assert.deepEqual(readFileSync(path), file);
  assert.deepEqual(readdirSync(join(path, "..")), ["file.bin"]);
  assert.deepEqual(seen.at(-1), [file.length, file.length]);
  assert.equal(await get(url, path), "kept");
  assert.equal(asked.length, 1);
  writeFileSync(path, "damaged");
  assert.equal(await get(url, path), "downloaded", "a damaged file is downloaded again");
  assert.deepEqual(readFileSync(path), file);
});

test("a broken connection is taken up where it broke, in the same run", async () => {
  const { url, asked } = await serve((request, response, count) =>
    send(request, response, count < 5 ? 30_000 : Infinity),
  );
  const path = into();
  await get(url, path);
  assert.deepEqual(readFileSync(path), file);
  assert.deepEqual(asked, ["all", ...[1, 2, 3, 4, 5].map((k) => `bytes=${30_000 * k}-`)]);
});

test("what came before a run ended is kept for the next", async () => {
  const { url, asked } = await serve((request, response, count) => {
    if (count === 0) send(request, response, 50_000);
    else if (count <= 3) response.destroy();
    else send(request, response);
  });
  const path = into();
  await assert.rejects(get(url, path), /file\.bin: .*; 50000 bytes are kept, and the same command resumes there/);
  assert.ok(!existsSync(path));
  await get(url, path);
  assert.deepEqual(readFileSync(path), file);
  assert.equal(asked.at(-1), "bytes=50000-");
});

test("a server that knows no ranges sends all again; one that has no more to send has sent all", async () => {
  const plain = await serve((_, response) => void response.writeHead(200).end(file));
  const path = into();
  writeFileSync(`${path}.partial`, file.subarray(0, 1000));
  await get(plain.url, path);
  assert.deepEqual(readFileSync(path), file);

  const whole = await serve((request, response) => send(request, response));
  const other = into();
  writeFileSync(`${other}.partial`, file);
  await get(whole.url, other);
  assert.deepEqual(readFileSync(other), file);
});

test("other bytes than expected are removed and named, by their checksum", async () => {
  const { url } = await serve((request, response) => send(request, response));
  const path = into();
  const wrong = "0".repeat(32);
  await assert.rejects(
    get(url, path, wrong),
    new RegExp(`has the MD5 checksum ${md5(file)}; expected ${wrong}; file.bin.partial is removed`),
  );
  assert.deepEqual(readdirSync(join(path, "..")), []);
});

test("a server that refuses, and none at all, are named", async () => {
  const { url, asked } = await serve((_, response) => void response.writeHead(404).end());
  await assert.rejects(get(url, into()), /file\.bin: the server answers 404 Not Found/);
  assert.equal(asked.length, 1, "it is not asked again");
  await assert.rejects(get("http://127.0.0.1:1/file.bin", into()), /127\.0\.0\.1:1\/file\.bin: fetch failed: .+/);
});

/** A data set's files with the checksums of these contents, on a server that has them. */
async function published(name: KnownName, contents: Record<string, Uint8Array>) {
  const contentOf = (url: string) => contents[url.split("/").at(-1) ?? ""];
  const { url } = await serve((request, response) => {
    const content = contentOf(request.url ?? "");
    response.writeHead(content ? 200 : 404).end(content);
  });
  const files = knownSets[name].files.map((entry) => ({ ...entry, md5: md5(contentOf(entry.url) ?? file) }));
  return { files, url: url.replace("/file.bin", "/") };
}

test("a data set's archive is unpacked into its folder, once; what is lost is fetched again", async () => {
  const wanted = Object.fromEntries(
    ["data_batch_1", "data_batch_2", "test_batch"].map((stem, i) => [`${stem}.bin`, someBytes(3073, i + 1)]),
  );
  const archive = gzipSync(
    tarFile([
      { path: "cifar-10-batches-bin/", type: "5" },
      { path: "cifar-10-batches-bin/readme.html", content: someBytes(10) },
      { path: "cifar-10-batches-bin/../data_batch_3.bin", content: someBytes(10) },
      ...Object.entries(wanted).map(([path, content]) => ({ path: `cifar-10-batches-bin/${path}`, content })),
    ]),
  );
  const { files, url } = await published("cifar10", { "cifar-10-binary.tar.gz": archive });
  const to = join(folderOf({}), "cifar10");
  const said: string[] = [];
  const run = () => fetchDataset(files, { to, url, report: (_, what) => said.push(what) });
  await run();
  assert.deepEqual(readdirSync(to).sort(), Object.keys(wanted).sort());
  for (const [path, content] of Object.entries(wanted)) {
    assert.deepEqual(new Uint8Array(readFileSync(join(to, path))), content);
  }
  assert.ok(said.includes("downloaded, checksum right"));
  said.length = 0;
  await run();
  assert.deepEqual(said, ["is there, unpacked"]);
  writeFileSync(join(to, "data_batch_2.bin"), "cut");
  await run();
  assert.deepEqual(new Uint8Array(readFileSync(join(to, "data_batch_2.bin"))), wanted["data_batch_2.bin"]);
});

test("a data set of plain files is fetched file by file; what few need only on demand", async () => {
  const parts = ["train", "test", "extra"].map((split, i) => [`${split}_32x32.mat`, someBytes(99, i + 1)]);
  const { files, url } = await published("svhn", Object.fromEntries(parts));
  const to = join(folderOf({}), "svhn");
  const report = () => {};
  await fetchDataset(files, { to, url, report });
  assert.deepEqual(readdirSync(to), ["test_32x32.mat", "train_32x32.mat"]);
  await fetchDataset(files, { to, url, report, extra: true });
  assert.deepEqual(readdirSync(to), ["extra_32x32.mat", "test_32x32.mat", "train_32x32.mat"]);
  const none = await published("mnist", {});
  const unmade = join(to, "mnist");
  const refused = fetchDataset(none.files, { to: unmade, url: none.url, report });
  await assert.rejects(refused, /train-images-idx3-ubyte\.gz: .*404/);
  assert.ok(!existsSync(unmade), "no folder where nothing came");
});
