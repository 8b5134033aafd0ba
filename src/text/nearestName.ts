/**
 * The candidate that `name` most probably stands for: a misspelling, else the initials (lr) or a whole word (moons) of
 * one candidate only.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const all = [...candidates];
  return misspelling(name, all) ?? abbreviation(name, all);
}

/** The only candidate with these initials, or with this word: learningRate for lr, two-moons for moons. */
function abbreviation(name: string, candidates: readonly string[]): string | undefined {
  const wanted = name.slice(0, 64).toLowerCase();
  if (wanted.length < 2) return undefined;
  const fitting = [...new Set(candidates)].filter((candidate) => {
    const words = candidate
      .replace(/([a-z0-9])(?=[A-Z])/g, "$1-")
      .toLowerCase()
      .split(/[^a-z0-9]+/);
    return words.length > 1 && (words.includes(wanted) || words.map((word) => word[0]).join("") === wanted);
  });
  return fitting.length === 1 ? fitting[0] : undefined;
}

/**
 * The candidate with the fewest differences from `name` (letters added, dropped, changed or swapped with the next), if
 * they are few enough for a misspelling. A single other letter is none.
 */
function misspelling(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(Math.min(name.length, 64) / 3)) + 1;
  const wanted = name.slice(0, 64).toLowerCase();
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance && distance < Math.max(wanted.length, candidate.length))
      [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `; did you mean "x"?`, or nothing. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`;
}

/** The number of different letters, or `enough` when there are that many or more. */
function editDistance(a: string, b: string, enough: number): number {
  if (Math.abs(a.length - b.length) >= enough) return enough;
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2][j - 2] + 1 : Infinity;
      rows[i][j] = Math.min(rows[i][j - 1] + 1, rows[i - 1][j] + 1, change, swap);
    }
    // A swap looks back two rows.
    if (Math.min(...rows[i]) >= enough && Math.min(...rows[i - 1]) >= enough) return enough;
  }
  return rows[a.length][b.length];
}
