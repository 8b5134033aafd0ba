/** Durations as people write and read them. */

const units = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** The seconds of a duration: a number, or a text such as `90`, `90 s`, `10 min`, `10m`, `2h`, `1.5 d`; else NaN. */
export function secondsOf(duration: number | string): number {
  if (typeof duration === "number") return duration;
  const [, count, unit = "s"] = /^(\d+(?:\.\d+)?)\s*(s|m|min|h|d)?$/.exec(duration) ?? [];
  return Number(count) * units[unit as keyof typeof units];
}

/** A duration for people: 0.42 s, 12 s, 3 min 20 s, 2 h 5 min, 72 days. */
export function durationOf(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(seconds < 0.995 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 100) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 72 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(seconds / 86_400)} days`;
}
