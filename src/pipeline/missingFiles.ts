import type { Fault } from "../text/fault.js";

/** Missing files whose folder is missing, or that one parameter names at many points, are one fault. */
export function missingFiles() {
  const first = new Map<string, Fault>();
  const more = new Map<Fault, number>();
  return {
    /** True when this is another fault of a missing file or folder, or of a parameter that names one. */
    isKnown(fault: Fault, file: string): boolean {
      const place = JSON.stringify(fault.path);
      const known = first.get(file) ?? first.get(place);
      for (const key of [file, place]) if (!first.has(key)) first.set(key, known ?? fault);
      if (known === undefined) return false;
      more.set(known, (more.get(known) ?? 0) + 1);
      return true;
    },
    /** The fault, with the number of those that were left out. */
    told(fault: Fault): Fault {
      const count = more.get(fault) ?? 0;
      if (count === 0) return fault;
      const places = count === 1 ? "1 more place" : `${count} more places or points of the matrix`;
      return { ...fault, message: `${fault.message}; files are missing at ${places}` };
    },
  };
}
