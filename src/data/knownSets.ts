/** The well-known data sets: their files, where these are published, and their checksums. */

export interface PublishedFile {
  url: string;
  /** Downloaded only on demand. */
  optional?: boolean;
  /** The checksum that the authors or torchvision state. */
  md5: string;
  /** The approximate size in megabytes. */
  megabytes: number;
  /** For a .tar.gz to unpack: the wanted paths below `folder`, which is left out. */
  unpack?: { folder: string; wanted: RegExp };
}

interface KnownSet {
  /** A description of the files in the folder of the data set. */
  layout: string;
  files: readonly PublishedFile[];
}

const idxFiles = (base: string, md5s: readonly string[]): PublishedFile[] =>
  ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"].map((name, i) => ({
    url: `${base}/${name}-ubyte.gz`,
    md5: md5s[i],
    megabytes: [30, 0.1, 5, 0.1][i],
  }));

const idxLayout =
  "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (plain or .gz)";

export const knownSets = {
  mnist: {
    layout: idxLayout,
    files: idxFiles("https://ossci-datasets.s3.amazonaws.com/mnist", [
      "f68b3c2dcbeaaa9fbdd348bbdeb94873",
      "d53e105ee54ea40749a09fcbcd1e9432",
      "9fb629c4189551a2d022fa330f9573f3",
      "ec29112dd5afa0611ce80d1b7f02629c",
    ]),
  },
  "fashion-mnist": {
    layout: idxLayout,
    files: idxFiles("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com", [
      "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
      "25c81989df183df01b3e8a0aad5dffbe",
      "bef4ecab320f06d8554ea6380940ec79",
      "bb300cfdad3c16e7a12a480ee83cd310",
    ]),
  },
  cifar10: {
    layout: "data_batch_1.bin … data_batch_5.bin and test_batch.bin",
    files: [
      {
        url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        md5: "c32a1d4ab5d03f1284b67883e8d87530",
        megabytes: 170,
        unpack: { folder: "cifar-10-batches-bin/", wanted: /^(data_batch_[1-5]|test_batch)\.bin$/ },
      },
    ],
  },
  cifar100: {
    layout: "train.bin and test.bin",
    files: [
      {
        url: "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
        md5: "03b5dce01913d631647c71ecec9e9cb8",
        megabytes: 170,
        unpack: { folder: "cifar-100-binary/", wanted: /^(train|test)\.bin$/ },
      },
    ],
  },
  svhn: {
    layout: "train_32x32.mat, test_32x32.mat and, for the split extra, extra_32x32.mat",
    files: [
      {
        url: "http://ufldl.stanford.edu/housenumbers/train_32x32.mat",
        md5: "e26dedcc434d2e4c54c9b2d4a06d8373",
        megabytes: 182,
      },
      {
        url: "http://ufldl.stanford.edu/housenumbers/test_32x32.mat",
        md5: "eb5a983be6a315427106f1b164d9cef3",
        megabytes: 64,
      },
      {
        url: "http://ufldl.stanford.edu/housenumbers/extra_32x32.mat",
        md5: "a93ce644f1a588dc4d68dda5feec44a7",
        megabytes: 1330,
        optional: true,
      },
    ],
  },
  pet: {
    layout: "images/*.jpg, annotations/trimaps/*.png, annotations/trainval.txt and annotations/test.txt",
    files: [
      {
        url: "https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz",
        md5: "5c4f3ee8e5d25df40f4fd59a7f44e54c",
        megabytes: 792,
        unpack: { folder: "", wanted: /^images\/[^./][^/]*\.jpg$/ },
      },
      {
        url: "https://www.robots.ox.ac.uk/~vgg/data/pets/data/annotations.tar.gz",
        md5: "95a8c909bbe2e81eed6a22bccdf3f68f",
        megabytes: 19,
        unpack: { folder: "", wanted: /^annotations\/(trainval\.txt|test\.txt|trimaps\/[^./][^/]*\.png)$/ },
      },
    ],
  },
} as const satisfies Record<string, KnownSet>;

export type KnownName = keyof typeof knownSets;

export const isKnownName = (name: string): name is KnownName => Object.hasOwn(knownSets, name);

const DEBIAN_FASHION = "/usr/share/datasets/fashion-mnist";

/** Advice for when `folder` lacks files of a data set. */
export function howToGet(name: KnownName, folder: string): string {
  const { layout } = knownSets[name];
  const packaged =
    name === "fashion-mnist"
      ? `; or set path: ${DEBIAN_FASHION}, where Debian's package dataset-fashion-mnist installs them`
      : "";
  return (
    `put ${layout} into the folder ${folder}, or download them: cirque data fetch ${name} --to ${folder}` + packaged
  );
}
