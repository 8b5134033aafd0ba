/**
 * A binary heap of the integers 0 … n−1, each with a key, smallest key first. Equal keys come out in an arbitrary but
 * reproducible order.
 */
export interface IndexHeap {
  readonly size: number;
  /** Inserts an integer, or moves it up after its key has become smaller. */
  raise(item: number): void;
  /** Removes and returns the integer with the smallest key. The heap must not be empty. */
  pop(): number;
  clear(): void;
}

/** An empty heap. It reads `keys` at every comparison. */
export function indexHeap(keys: Float64Array): IndexHeap {
  const items = new Int32Array(keys.length);
  const place = new Int32Array(keys.length).fill(-1);
  let size = 0;
  return {
    get size() {
      return size;
    },
    raise(item) {
      let at = place[item] < 0 ? size++ : place[item];
      const key = keys[item];
      while (at > 0) {
        const above = (at - 1) >> 1;
        if (keys[items[above]] <= key) break;
        items[at] = items[above];
        place[items[at]] = at;
        at = above;
      }
      items[at] = item;
      place[item] = at;
    },
    pop() {
      const top = items[0];
      place[top] = -1;
      const item = items[--size];
      if (size === 0) return top;
      const key = keys[item];
      let at = 0;
      for (let below = 1; below < size; below = 2 * at + 1) {
        if (below + 1 < size && keys[items[below + 1]] < keys[items[below]]) below++;
        if (keys[items[below]] >= key) break;
        items[at] = items[below];
        place[items[at]] = at;
        at = below;
      }
      items[at] = item;
      place[item] = at;
      return top;
    },
    clear() {
      while (size > 0) place[items[--size]] = -1;
    },
  };
}
