/**
 * Checks the global heaps of an HDF5 file, which hold its texts of variable length. The library trusts the sizes of
 * their objects, and a size of 0 makes it loop forever (HDF5 File Format Specification, section III.E).
 */

const HEADER = 16;
const aligned = (size: number) => 8 * Math.ceil(size / 8);

/** Throws an Error that begins with `name` for a heap whose objects do not follow each other inside it. */
export function checkGlobalHeaps(bytes: Uint8Array, name: string): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let heap = file.indexOf("GCOL"); heap >= 0; heap = file.indexOf("GCOL", heap + 4)) {
    const isHeap = heap % 8 === 0 && heap + HEADER <= file.length && file[heap + 4] === 1;
    if (!isHeap) continue;
    const end = heap + Number(file.readBigUInt64LE(heap + 8));
    const fail = (at: number) => new Error(`${name} is damaged: the heap of texts at byte ${heap} breaks off at ${at}`);
    if (end > file.length) throw fail(file.length);
    for (let at = heap + HEADER; at + HEADER <= end; ) {
      const size = Number(file.readBigUInt64LE(at + 8));
      // Object 0 is the free space at the end, and its size includes its header.
      const length = file.readUInt16LE(at) === 0 ? size : HEADER + aligned(size);
      if (length < HEADER || at + length > end) throw fail(at);
      at += length;
    }
  }
}
