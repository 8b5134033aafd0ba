/** Progress of a download on stderr: one line per file, redrawn on a terminal; elsewhere an occasional line. */
import type { ProgressStream } from "./progress/redrawnRows.js";

const QUIET_INTERVAL = 15_000;
const LIVE_INTERVAL = 100;

/** Receives the state of a file and, during the download, the bytes received and their total. */
export function fetchProgress(stream: ProgressStream) {
  const live = Boolean(stream.isTTY) && !process.env.CI;
  let drawn = false;
  let spoken = 0;
  let current: { file: string; start: number; before: number } | undefined;
  return (file: string, what: string, done?: number, total?: number): void => {
    const now = performance.now();
    if (done === undefined) {
      stream.write(`${drawn ? "\r\u001b[2K" : ""}${file}: ${what}\n`);
      [drawn, current] = [false, undefined];
      return;
    }
    if (current?.file !== file) {
      current = { file, start: now, before: done };
      spoken = now;
    }
    if (now - spoken < (live ? LIVE_INTERVAL : QUIET_INTERVAL)) return;
    spoken = now;
    const rate = (done - current.before) / ((now - current.start) / 1000);
    const line = `${file}: ${what === "downloading" ? sizes(done, total, rate) : what}`;
    stream.write(live ? `\r\u001b[2K${line.slice(0, (stream.columns || 80) - 1)}` : `${line}\n`);
    drawn = live;
  };
}

/** `45 %, 12.3 of 27.0 MB, 3.1 MB/s, 5 s left` */
function sizes(done: number, total: number | undefined, rate: number): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  if (total === undefined) return `${megabytes(done)} MB, ${megabytes(rate)} MB/s`;
  const left = rate > 0 ? `, ${Math.ceil((total - done) / rate)} s left` : "";
  return `${Math.floor((100 * done) / total)} %, ${megabytes(done)} of ${megabytes(total)} MB, ${megabytes(rate)} MB/s${left}`;
}
