/** The part of the package's interface that figures use. */
declare module "subset-font" {
  interface Options {
    targetFormat: "sfnt";
    noHinting: boolean;
    /** OpenType features that stay. */
    keepFeatures: readonly string[];
    noLayoutClosure: boolean;
  }
  export default function subsetFont(font: Buffer, text: string, options: Options): Promise<Buffer>;
}
