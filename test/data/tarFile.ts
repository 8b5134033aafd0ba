/** A tar archive of these entries, as POSIX describes it: ustar headers, pax records for paths over 100 bytes. */
export function tarFile(entries: readonly { path: string; content?: Uint8Array; type?: string }[]): Buffer {
  const blocks = entries.flatMap(({ path, content = new Uint8Array(), type = "0" }) => {
    const own = Buffer.byteLength(path) > 100 ? [entry("pax", paxRecord("path", path), "x")] : [];
    return [...own, entry(path.slice(0, 100), content, type)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export function entry(path: string, content: Uint8Array, type: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0, 100);
  header.write("0000644\0", 100);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("        ", 148);
  header.write(type, 156);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** "length key=value\n", where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  const length = [1, 2, 3, 4].map((digits) => rest + digits).find((total, i) => String(total).length === i + 1);
  return Buffer.from(`${length} ${key}=${value}\n`);
}
