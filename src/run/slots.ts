/** Lets at most `count` proceed at a time; the others wait in order. */
export function slots(count: number) {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    async take(): Promise<void> {
      if (free > 0) free--;
      else await new Promise<void>((go) => waiting.push(go));
    },
    giveBack(): void {
      const next = waiting.shift();
      if (next) next();
      else free++;
    },
    /** True when any slot is taken. */
    isBusy: () => free < count,
  };
}
