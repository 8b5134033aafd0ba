/** The messages of an ONNX file (onnx.proto3) and the fields that are read here. */
import type { MessageFields } from "./protobuf.js";

const entry: MessageFields = { 1: { name: "key", kind: "text" }, 2: { name: "value", kind: "text" } };

const tensor: MessageFields = {
  1: { name: "dims", kind: "int", many: true },
  2: { name: "type", kind: "int" },
  4: { name: "floats", kind: "float", many: true },
  5: { name: "int32s", kind: "int", many: true },
  7: { name: "int64s", kind: "int", many: true },
  8: { name: "name", kind: "text" },
  9: { name: "raw", kind: "bytes" },
  10: { name: "doubles", kind: "double", many: true },
  11: { name: "uint64s", kind: "int", many: true },
  13: { name: "external", kind: () => entry, many: true },
  14: { name: "location", kind: "int" },
};

const attribute: MessageFields = {
  1: { name: "name", kind: "text" },
  2: { name: "f", kind: "float" },
  3: { name: "i", kind: "int" },
  4: { name: "s", kind: "text" },
  5: { name: "t", kind: () => tensor },
  6: { name: "g", kind: () => graph },
  7: { name: "floats", kind: "float", many: true },
  8: { name: "ints", kind: "int", many: true },
  9: { name: "strings", kind: "text", many: true },
  20: { name: "type", kind: "int" },
  21: { name: "reference", kind: "text" },
};

const node: MessageFields = {
  1: { name: "inputs", kind: "text", many: true },
  2: { name: "outputs", kind: "text", many: true },
  3: { name: "name", kind: "text" },
  4: { name: "operator", kind: "text" },
  5: { name: "attributes", kind: () => attribute, many: true },
  7: { name: "domain", kind: "text" },
};

const dimension: MessageFields = { 1: { name: "value", kind: "int" }, 2: { name: "parameter", kind: "text" } };
const shape: MessageFields = { 1: { name: "dims", kind: () => dimension, many: true } };
const tensorType: MessageFields = { 1: { name: "element", kind: "int" }, 2: { name: "shape", kind: () => shape } };
const type: MessageFields = { 1: { name: "tensor", kind: () => tensorType } };
const valueInfo: MessageFields = { 1: { name: "name", kind: "text" }, 2: { name: "type", kind: () => type } };

const graph: MessageFields = {
  1: { name: "nodes", kind: () => node, many: true },
  2: { name: "name", kind: "text" },
  5: { name: "initializers", kind: () => tensor, many: true },
  11: { name: "inputs", kind: () => valueInfo, many: true },
  12: { name: "outputs", kind: () => valueInfo, many: true },
  15: { name: "sparse", kind: "bytes", many: true },
};

const operatorSet: MessageFields = { 1: { name: "domain", kind: "text" }, 2: { name: "version", kind: "int" } };

const functionFields: MessageFields = {
  1: { name: "name", kind: "text" },
  4: { name: "inputs", kind: "text", many: true },
  5: { name: "outputs", kind: "text", many: true },
  7: { name: "nodes", kind: () => node, many: true },
  10: { name: "domain", kind: "text" },
  11: { name: "defaults", kind: () => attribute, many: true },
};

/** A whole file: ModelProto. */
export const modelFields: MessageFields = {
  1: { name: "version", kind: "int" },
  2: { name: "producer", kind: "text" },
  7: { name: "graph", kind: () => graph },
  8: { name: "operatorSets", kind: () => operatorSet, many: true },
  25: { name: "functions", kind: () => functionFields, many: true },
};
