/** Sorts stages so that each comes after those that it needs. */
import type { Report, StageNode } from "./node.js";

interface Edge {
  port: string;
  i: number;
  source: string;
}

const edgesOf = ({ from }: StageNode): Edge[] =>
  Object.entries(from).flatMap(([port, sources]) => sources.map((source, i) => ({ port, i, source })));

/**
 * The stages, each after those that it takes inputs from, otherwise in the order of the file. A cycle is reported, and
 * the input that closes it is dropped.
 */
export function inOrder(nodes: readonly StageNode[], report: Report): StageNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const ordered = new Set<StageNode>();
  // Depth-first without recursion, because a chain may have thousands of stages.
  const trail: { node: StageNode; edges: Edge[] }[] = [];
  const open = new Set<StageNode>();
  const broken = new Set<Edge["source"]>();
  const enter = (node: StageNode) => {
    open.add(node);
    trail.push({ node, edges: edgesOf(node).reverse() });
  };
  for (const start of nodes) {
    if (!ordered.has(start)) enter(start);
    for (let top = trail.at(-1); top; top = trail.at(-1)) {
      const { node, edges } = top;
      const edge = edges.pop();
      if (edge === undefined) {
        trail.pop();
        open.delete(node);
        ordered.add(node);
        continue;
      }
      const { port, i, source } = edge;
      const needed = byName.get(source);
      // A stage of another pipeline is already planned.
      if (needed === undefined) continue;
      if (open.has(needed)) {
        const names = trail.map((step) => step.node.name);
        const cycle = [...names.slice(names.indexOf(source)), source].reverse();
        const message = `a cycle: ${cycle.join(" → ")}; a stage cannot need its own output`;
        report(["stages", node.name, "from", port, i], message);
        broken.add(`${node.name} ${source}`);
      } else if (!ordered.has(needed)) enter(needed);
    }
  }
  if (broken.size === 0) return [...ordered];
  return [...ordered].map((node) => {
    const isSound = (source: string) => !broken.has(`${node.name} ${source}`);
    const from = Object.entries(node.from).map(([port, sources]) => [port, sources.filter(isSound)] as const);
    const lacksInput =
      node.lacksInput ||
      Object.values(node.from)
        .flat()
        .some((source) => !isSound(source));
    return { ...node, from: Object.fromEntries(from), lacksInput };
  });
}
