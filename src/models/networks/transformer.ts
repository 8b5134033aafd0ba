import * as f from "../../graph/functions.js";
import { requireWhole } from "./checkArchitecture.js";
import { embedding, layerNorm, linear } from "./layers.js";
import type { Model } from "./model.js";
import { networkModel, type Scope } from "./networkModel.js";

/**
 * An encoder of token sequences (Vaswani et al. 2017) with norms before the parts of each block (Xiong et al. 2020).
 */
export interface TransformerArchitecture {
  readonly kind: "transformer";
  /**
   * "classification": the mean over positions gives logits [classes]. "language": each position sees itself and the
   * positions before it, and gives logits [vocabulary, length] for the next token.
   */
  readonly task: "classification" | "language";
  /** The number of different tokens. */
  readonly vocabulary: number;
  /** The number of tokens in a sample. */
  readonly length: number;
  /** The number of values that represent a token within the network. */
  readonly width: number;
  readonly heads: number;
  /** The number of blocks of attention and a perceptron. */
  readonly depth: number;
  /** The width of the hidden layer of the perceptrons. */
  readonly hidden: number;
  /** Number of classes; for a language model, the vocabulary. */
  readonly classes: number;
}

/** A transformer. Its samples are tokens, integers from 0 to vocabulary − 1, one column per sequence. */
export function transformer(architecture: TransformerArchitecture): Model {
  const { task, vocabulary, length, width, heads, depth, hidden, classes } = architecture;
  requireWhole("transformer", { vocabulary, length, width, heads, depth, hidden, classes });
  if (task !== "classification" && task !== "language") {
    throw new Error(`transformer: task is "${task}", expected "classification" or "language"`);
  }
  if (width % heads !== 0) throw new RangeError(`transformer: a width of ${width} does not split into ${heads} heads`);
  const causal = task === "language";
  if (causal && classes !== vocabulary) {
    throw new RangeError(`transformer: a language model of ${vocabulary} tokens has as many classes, found ${classes}`);
  }

  function selfAttention(scope: Scope, name: string, x: f.Tensor): f.Tensor {
    const samples = x.shape[0];
    const perHead = (part: string) => {
      const y = f.reshape(linear(scope, `${name}.${part}`, x, width), [samples, length, heads, width / heads]);
      return f.transpose(y, [0, 2, 1, 3]);
    };
    const seen = f.attention(perHead("query"), perHead("key"), perHead("value"), { causal });
    return linear(scope, `${name}.out`, f.reshape(f.transpose(seen, [0, 2, 1, 3]), x.shape), width);
  }

  function perceptron(scope: Scope, name: string, x: f.Tensor): f.Tensor {
    return linear(scope, `${name}.out`, f.gelu(linear(scope, `${name}.hidden`, x, hidden)), width);
  }

  return networkModel({
    inputShape: [length],
    outputShape: causal ? [classes, length] : [classes],
    forward(scope, tokens) {
      const samples = tokens.shape[0];
      const table = embedding(scope, "tokens", vocabulary, width);
      const rows = f.gather(table, f.reshape(tokens, [samples * length, 1]), 0);
      let h = f.add(f.reshape(rows, [samples, length, width]), embedding(scope, "positions", length, width));
      for (let i = 0; i < depth; i++) {
        const name = `block_${i}`;
        h = f.add(h, selfAttention(scope, `${name}.attention`, layerNorm(scope, `${name}.attention.norm`, h)));
        h = f.add(h, perceptron(scope, `${name}.mlp`, layerNorm(scope, `${name}.mlp.norm`, h)));
      }
      const normalized = layerNorm(scope, "norm", h);
      if (!causal) return linear(scope, "head", f.mean(normalized, [1]), classes);
      return f.transpose(linear(scope, "head", normalized, classes));
    },
  });
}
