import type { Connectivity as GridConnectivity } from "../../src/topology/neighbors.js";

/** The parameter `connectivity` of several stages: it defines which samples are neighbours. */
export type Connectivity =
  | GridConnectivity
  | "gabriel"
  | "given"
  | { knn: number; mutual?: boolean }
  | { betaSkeleton: number };

/** Faults of a parameter `connectivity` that names two graphs, or parts of one. */
export function connectivityProblems(connectivity: Connectivity | undefined, periodic?: readonly unknown[]) {
  const isOfGrid = connectivity === undefined || ["axis", "freudenthal", "full"].includes(connectivity as string);
  if (periodic !== undefined && !isOfGrid) {
    const message = "is for the axes of a grid with connectivity axis, freudenthal or full";
    return [{ path: ["periodic"], message }];
  }
  if (typeof connectivity !== "object") return [];
  const given = ["knn", "betaSkeleton"].filter((name) => Object.hasOwn(connectivity, name));
  const path = ["connectivity"];
  if (given.length !== 1) {
    const found = given.length === 0 ? "neither" : "both";
    return [{ path, message: `connectivity has ${found} of knn and betaSkeleton; expected one of them` }];
  }
  if (given[0] === "betaSkeleton" && Object.hasOwn(connectivity, "mutual")) {
    return [{ path, message: "connectivity has mutual with betaSkeleton; it belongs to knn" }];
  }
  return [];
}
