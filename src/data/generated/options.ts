/** What every generator needs. Splits of one seed share what is to be learnt and no sample. */
export interface GeneratorOptions {
  readonly count: number;
  readonly seed: number;
  readonly split: string;
}
