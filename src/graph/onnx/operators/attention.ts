/** Attention (opset 23) and rotary positions. */
import * as f from "../../functions.js";
import type { Tensor } from "../../tensor.js";
import type { Call, Rule } from "../call.js";
import { condition, real, type Value } from "../value.js";

/** Converts [N, T, heads·d] to [N, heads, T, d]. Tensors with four axes have this form already. */
function perHead(x: Tensor, heads: number): Tensor {
  if (x.shape.length === 4) return x;
  const [samples, length, width] = x.shape;
  return f.transpose(f.reshape(x, [samples, length, heads, width / heads]), [0, 2, 1, 3]);
}

/** Repeats heads of keys and values that several query heads share, one per query head. */
function repeated(x: Tensor, heads: number): Tensor {
  const [samples, own, length, width] = x.shape;
  if (own === heads) return x;
  const groups = f.expand(f.reshape(x, [samples, own, 1, length, width]), [samples, own, heads / own, length, width]);
  return f.reshape(groups, [samples, heads, length, width]);
}

function attention(call: Call): Value {
  if (call.optional(4) || call.optional(5)) throw new Error("its past keys and values are not supported");
  if (call.node.outputs.filter((name) => name !== "").length > 1) throw new Error("only its first output is supported");
  const heads = call.number("q_num_heads", call.tensor(0).shape[1]);
  const q = perHead(call.tensor(0), heads);
  const [k, v] = [1, 2].map((i) =>
    repeated(perHead(call.tensor(i), call.number("kv_num_heads", call.tensor(i).shape[1])), q.shape[1]),
  );
  const [samples, , length, width] = q.shape;
  const scale = call.number("scale", 1 / Math.sqrt(width));
  let scores = f.mul(scale, f.matmul(q, k, { transposeB: true }));
  if (call.number("is_causal", 0) === 1) scores = f.add(scores, future(length, k.shape[2]));
  const mask = call.optional(3);
  if (mask?.kind === "bool") scores = f.where(condition(mask.tensor), scores, Number.NEGATIVE_INFINITY);
  else if (mask) scores = f.add(scores, mask.tensor);
  const cap = call.number("softcap", 0);
  if (cap !== 0) scores = f.mul(cap, f.tanh(f.div(scores, cap)));
  const seen = f.matmul(f.softmax(scores, 3), v);
  if (call.tensor(0).shape.length === 4) return real(seen);
  return real(f.reshape(f.transpose(seen, [0, 2, 1, 3]), [samples, length, q.shape[1] * v.shape[3]]));
}

/** 0 on and below the diagonal, −∞ above. */
function future(rows: number, columns: number): Tensor {
  const mask = Float64Array.from({ length: rows * columns }, (_, i) =>
    i % columns > Math.floor(i / columns) ? Number.NEGATIVE_INFINITY : 0,
  );
  return f.constant(mask, [rows, columns]);
}

/** Rotates pairs of numbers by angles that depend on their positions (Su et al. 2021). */
function rotaryEmbedding(call: Call): Value {
  const given = call.tensor(0);
  const x = perHead(given, call.number("num_heads", 0) || given.shape[1]);
  const [samples, heads, length, width] = x.shape;
  const size = call.number("rotary_embedding_dim", 0) || width;
  const table = (i: number) => {
    const places = call.optional(3);
    const rows = call.tensor(i);
    const own = places ? f.gather(rows, f.reshape(places.tensor, [samples * length, 1]), 0) : rows;
    return f.reshape(own, [places ? samples : rows.shape[0], 1, length, size / 2]);
  };
  const [cos, sin] = [table(1), table(2)];
  const isInterleaved = call.number("interleaved", 0) === 1;
  const rotated = f.slice(x, 3, 0, size);
  const [a, b] = isInterleaved
    ? [0, 1].map((i) => f.slice(rotated, 3, i, size, 2))
    : [0, 1].map((i) => f.slice(rotated, 3, (i * size) / 2, ((i + 1) * size) / 2));
  const halves = [f.sub(f.mul(a, cos), f.mul(b, sin)), f.add(f.mul(a, sin), f.mul(b, cos))];
  const column = (half: Tensor) => f.reshape(half, [...half.shape, 1]);
  const joined = isInterleaved
    ? f.reshape(f.concat(halves.map(column), 4), [samples, heads, length, size])
    : f.concat(halves, 3);
  const whole = size === width ? joined : f.concat([joined, f.slice(x, 3, size, width)], 3);
  return real(given.shape.length === 4 ? whole : f.reshape(f.transpose(whole, [0, 2, 1, 3]), given.shape));
}

export const attentionRules: Readonly<Record<string, Rule>> = {
  Attention: attention,
  RotaryEmbedding: rotaryEmbedding,
};
