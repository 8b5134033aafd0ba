/** Rows at the end of a terminal's output that are drawn again and again, with lines that stay above them. */

export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

/** Milliseconds between two drawings after events, and without any, because the clock continues. */
const DRAW_INTERVAL = 100;
const CLOCK_INTERVAL = 1000;

/** `rowsNow` gives the rows for a terminal of this size, none if there is nothing to show. */
export function redrawnRows(
  stream: ProgressStream,
  isLive: boolean,
  rowsNow: (columns: number, rows: number) => string[],
  clock: () => number,
) {
  let [drawn, drawnAt] = [0, Number.NEGATIVE_INFINITY];
  let timer: NodeJS.Timeout | undefined;

  const erase = () => {
    // The cursor may be behind the ^C of an interruption.
    if (drawn > 0) stream.write(`\r\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  const draw = () => {
    clearTimeout(timer);
    erase();
    const columns = (stream.columns || 80) - 1;
    const rows = rowsNow(columns, stream.rows || 24);
    if (rows.length === 0) return;
    stream.write(rows.map((row) => `${fitted(row, columns)}\n`).join(""));
    drawn = rows.length;
    drawnAt = clock();
    timer = setTimeout(draw, CLOCK_INTERVAL).unref();
  };
  const redraw = () => {
    if (!isLive) return;
    const wait = drawnAt + DRAW_INTERVAL - clock();
    if (wait <= 0) return draw();
    clearTimeout(timer);
    timer = setTimeout(draw, wait).unref();
  };
  return {
    /** Draws the rows again, now or soon. */
    redraw,
    /** Prints a line that stays. */
    line(text: string): void {
      erase();
      stream.write(`${text}\n`);
      redraw();
    },
    isDrawn: () => drawn > 0,
    /** Removes the rows. */
    end(): void {
      clearTimeout(timer);
      erase();
    },
  };
}

/** The part of a text that fits; wide characters, such as Chinese, take two columns. */
export function fitted(text: string, columns: number): string {
  let [width, end] = [0, 0];
  for (const character of text) {
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Extended_Pictographic}/u.test(
        character,
      )
        ? 2
        : 1;
    if (width > columns) return `${text.slice(0, Math.max(0, end - 1))}…`;
    end += character.length;
  }
  return text;
}
