/** The names of `--executor`, apart from the executors because the command line needs only these. */
export const executorNames = ["local", "slurm"] as const;

export type ExecutorName = (typeof executorNames)[number];
