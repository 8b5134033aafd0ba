/** Options of every generator. Splits with the same seed share the task but no samples. */
export interface GeneratorOptions {
  readonly count: number;
  readonly seed: number;
  readonly split: string;
}
