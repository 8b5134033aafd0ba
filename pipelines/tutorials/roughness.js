/** How rough a grid is along its first direction: the mean absolute second difference of the losses. */
export default {
  version: 1,
  inputs: { grid: { kinds: ["grid"] } },
  output: "table",
  schema: {
    type: "object",
    additionalProperties: false,
    properties: { scale: { description: "A factor of the result.", type: "number", default: 1 } },
  },
  async run({ params, input }) {
    const { loss } = input("grid").columns;
    let sum = 0;
    for (let i = 1; i + 1 < loss.length; i++) sum += Math.abs(loss[i - 1] - 2 * loss[i] + loss[i + 1]);
    return { columns: { roughness: Float64Array.of((params.scale * sum) / (loss.length - 2)) } };
  },
};
