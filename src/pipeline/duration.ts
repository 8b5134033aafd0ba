/** Durations as a pipeline file writes them. */

const units = { s: 1, min: 60, h: 3600, d: 86_400 };

/**
 * The seconds of a text in a pipeline file: `90`, `90 s`, `10 min`, `2 h`, `1.5 d`. The schema has checked its form.
 */
export function secondsOf(timeout: number | string): number {
  if (typeof timeout === "number") return timeout;
  const [, count, unit] = /^([\d.]+)\s*(s|min|h|d)$/.exec(timeout) as RegExpExecArray;
  return Number(count) * units[unit as keyof typeof units];
}
