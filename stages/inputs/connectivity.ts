import type { Outlook } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";
import { withArticle } from "../../src/text/words.js";
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

/** A graph that samples of this kind do not have. */
export function checkConnectivity(
  { connectivity, periodic }: { connectivity?: Connectivity; periodic?: readonly (string | number)[] },
  samples: Outlook,
): Fault[] {
  const { kind, stage, columns, dimensions, amount } = samples;
  const fault = (needs: string): Fault[] => {
    const message = `connectivity is ${JSON.stringify(connectivity)}, which needs ${needs}; ${stage} is ${withArticle(kind)}`;
    return [{ path: ["with", "connectivity"], message }];
  };
  if (periodic !== undefined && kind !== "grid") {
    return [
      { path: ["with", "periodic"], message: `periodic is for the axes of a grid; ${stage} is ${withArticle(kind)}` },
    ];
  }
  if (connectivity === "given") {
    const hasLists = kind !== "grid" && (columns === undefined || columns.includes("neighbors"));
    return hasLists ? [] : fault('points with a list column "neighbors"');
  }
  if (typeof connectivity === "string" && connectivity !== "gabriel" && kind !== "grid") {
    return fault("a grid (for scattered points use gabriel, { knn: k } or { betaSkeleton: β })");
  }
  if (typeof connectivity === "object" && "knn" in connectivity && amount !== undefined && connectivity.knn >= amount) {
    return fault(`more than ${connectivity.knn} samples`);
  }
  return checkPeriodic(periodic, dimensions, stage);
}

/** Axes by number that a grid does not have. Labels are known only from the grid itself. */
export function checkPeriodic(
  periodic: readonly (string | number)[] = [],
  dimensions: number | undefined,
  stage: string,
): Fault[] {
  return periodic.flatMap((axis, i) => {
    if (typeof axis !== "number" || dimensions === undefined || (axis >= 1 && axis <= dimensions)) return [];
    return [{ path: ["with", "periodic", i], message: `periodic names the axis ${axis}; ${stage} has ${dimensions}` }];
  });
}
