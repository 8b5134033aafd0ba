/** A setting of a term of the loss: its own, or that of its group (initial, boundary, data, residual). */
export const termSetting = <T>(settings: Readonly<Record<string, T>>, term: string): T | undefined =>
  settings[term] ?? settings[term.split("_")[0]];
