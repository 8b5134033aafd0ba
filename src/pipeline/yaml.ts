/** The parts of the library yaml that Cirque uses. The build bundles them into one file, which loads faster. */
export {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  type Scalar,
  stringify,
  type YAMLMap,
} from "yaml";
