/** The pipeline file of `cirque init`. `schema` is the path of the schema that completes it in editors. */
export function starter(name: string, schema: string): string {
  return `# yaml-language-server: $schema=${schema}
# How the loss landscape of a small network changes with its seed.
name: ${name}
params: { steps: 21 } # named values; --set steps=41 overrides them
matrix: { seed: [0, 1] } # stages that mention \${seed} are repeated for each value
stages:
  samples: { uses: load-data, with: { name: two-moons, count: 200, noise: 0.1 } }
  model:
    uses: train # \`cirque stages\` lists the kinds, \`cirque stages train\` describes one
    from: { data: samples }
    with:
      architecture: { kind: mlp, widths: [2, 16, 2], activation: tanh }
      problem: { kind: supervised, loss: cross-entropy }
      optimizer: { kind: adam, learningRate: 0.01 }
      epochs: 50
      seed: "\${seed}"
  directions: { uses: compute-directions, from: { model: model, data: samples }, with: { method: hessian, count: 2 } }
  grid:
    uses: sample-grid
    from: { model: model, directions: directions, data: samples }
    with: { steps: "\${steps}" }
  tree: { uses: merge-tree, from: { grid: grid } }
  profile: { uses: profile, from: { tree: tree } }
  metrics: { uses: landscape-metrics, from: { tree: tree } }
  summary: { uses: gather, from: { table: [model, metrics] } } # one row for each seed
  report: { uses: report, from: { figures: [grid, profile], tables: [summary] } }
`;
}
