import type { Artifact } from "../src/artifact/artifact.js";
import { pathPairs } from "../src/landscape/paths/pathPairs.js";
import type { Stage } from "../src/stage.js";
import { joinedPaths } from "./artifacts/paths.js";
import { checkMinima } from "./minima/checkMinima.js";
import { connected } from "./minima/connected.js";
import { connectionsOutlook } from "./minima/connectionsOutlook.js";
import { measured } from "./minima/measured.js";
import { minimaOf } from "./minima/minima.js";
import type { ConnectParams } from "./minima/params.js";
import { surfaceOf } from "./minima/surface.js";

export const connectMinimaStage: Stage<ConnectParams> = {
  name: "connect-minima",
  version: 3,
  inputs: { minima: { kinds: ["model"], many: true }, data: { kinds: ["dataset"], optional: true } },
  output: "paths",
  outlook: (params, inputs) => ({
    columns: ["from", "to", "position", "loss", "path", "interpolant", "weights"],
    headlines: ["weights", "minima", "paths", "lowestBarrier", "highestBarrier", "unconverged"],
    ...connectionsOutlook(params, inputs),
  }),
  fanIn: true,
  checkInputs: checkMinima,
  check({ method, spring, points, maxPoints }) {
    return [
      ...(spring !== undefined && method !== "neb"
        ? [{ path: ["spring"], message: `needs the method neb; ${method} has no springs` }]
        : []),
      ...(maxPoints < points ? [{ path: ["maxPoints"], message: `is ${maxPoints}, less than points, ${points}` }] : []),
    ];
  },
  // The first part measures the minima. Each other part finds one path.
  parts: ({ params, sources }) => 1 + pathPairs(params.pairs, minimaOf(sources("minima"), params.rows)).length,
  async run(context) {
    const { params, part, shared, sources } = context;
    const minima = minimaOf(sources("minima"), params.rows);
    const pairs = pathPairs(params.pairs, minima);
    const surface = await shared(() => surfaceOf(minima[0], context));
    const all = Array.from({ length: 1 + pairs.length }, (_, task) => task);
    const pieces: Artifact[] = [];
    for (const task of part.count === 1 ? all : [part.index]) {
      pieces.push(
        await (task === 0
          ? measured(minima, surface, params)
          : connected(task - 1, pairs[task - 1], minima, surface, context)),
      );
    }
    return part.count === 1 ? joinedPaths(pieces) : pieces[0];
  },
  join: joinedPaths,
};
