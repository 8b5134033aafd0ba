import type { Tensor } from "../tensor.js";
import { abs, add, applyUnary, div, exp, greater, mul, neg, once, pow, sub, unary, where } from "./elementwise.js";

/** A ratio of polynomials, coefficients in ascending order. */
interface Ratio {
  readonly numerator: readonly number[];
  readonly denominator: readonly number[];
}

/**
 * The approximations of Sun's fdlibm (s_erf.c), each good to 1e-16 or better where it is used:
 * |x| < 0.84375: erf x = x + x·R(x²); |x| < 1.25: erf |x| = OFFSET + R(|x| − 1);
 * then erf |x| = 1 − exp(−x² − 0.5625 + R(1/x²))/|x|, with one ratio to |x| = 1/0.35 and one beyond.
 */
const NEAR: Ratio = {
  numerator: [
    0.12837916709551256, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442, -2.3763016656650163e-5,
  ],
  denominator: [
    1, 0.39791722395915535, 0.0650222499887673, 0.005081306281875766, 0.00013249473800432164, -3.960228278775368e-6,
  ],
};
const OFFSET = 0.8450629115104675;
const MIDDLE: Ratio = {
  numerator: [
    -0.0023621185607526594, 0.41485611868374833, -0.3722078760357013, 0.31834661990116175, -0.11089469428239668,
    0.035478304325618236, -0.002166375594868791,
  ],
  denominator: [
    1, 0.10642088040084423, 0.540397917702171, 0.07182865441419627, 0.12617121980876164, 0.01363708391202905,
    0.011984499846799107,
  ],
};
const FAR: Ratio = {
  numerator: [
    -0.009864944034847148, -0.6938585727071818, -10.558626225323291, -62.375332450326006, -162.39666946257347,
    -184.60509290671104, -81.2874355063066, -9.814329344169145,
  ],
  denominator: [
    1, 19.651271667439257, 137.65775414351904, 434.56587747522923, 645.3872717332679, 429.00814002756783,
    108.63500554177944, 6.570249770319282, -0.0604244152148581,
  ],
};
const FARTHEST: Ratio = {
  numerator: [
    -0.0098649429247001, -0.799283237680523, -17.757954917754752, -160.63638485582192, -637.5664433683896,
    -1025.0951316110772, -483.5191916086514,
  ],
  denominator: [
    1, 30.33806074348246, 325.7925129965739, 1536.729586084437, 3199.8582195085955, 2553.0504064331644,
    474.52854120695537, -22.44095244658582,
  ],
};
const [NEAR_END, MIDDLE_END, FAR_END] = [0.84375, 1.25, 1 / 0.35];

function evaluate(x: number): number {
  const size = Math.abs(x);
  const ratio = ({ numerator, denominator }: Ratio, at: number) => {
    const polynomial = (coefficients: readonly number[]) => coefficients.reduceRight((sum, c) => sum * at + c, 0);
    return polynomial(numerator) / polynomial(denominator);
  };
  if (size < NEAR_END) return x + x * ratio(NEAR, x * x);
  if (size < MIDDLE_END) return Math.sign(x) * (OFFSET + ratio(MIDDLE, size - 1));
  const tail = ratio(size < FAR_END ? FAR : FARTHEST, 1 / (x * x));
  return Math.sign(x) * (1 - Math.exp(-x * x - 0.5625 + tail) / size);
}

/** The same as a program: it computes every branch and chooses one for each element. */
function compose(x: Tensor): Tensor {
  const ratio = ({ numerator, denominator }: Ratio, at: Tensor) => {
    const polynomial = (coefficients: readonly number[]) =>
      coefficients.slice(0, -1).reduceRight<Tensor | number>((sum, c) => add(mul(sum, at), c), coefficients.at(-1)!);
    return div(polynomial(numerator), polynomial(denominator));
  };
  const size = abs(x);
  const square = pow(x, 2);
  const inverse = pow(square, -1);
  const near = add(x, mul(x, ratio(NEAR, square)));
  const tail = where(greater(FAR_END, size), ratio(FAR, inverse), ratio(FARTHEST, inverse));
  const far = sub(1, div(exp(add(sub(-0.5625, square), tail)), size));
  const beyond = where(greater(MIDDLE_END, size), add(OFFSET, ratio(MIDDLE, sub(size, 1))), far);
  return where(greater(NEAR_END, size), near, where(greater(0, x), neg(beyond), beyond));
}

const derivative = once((x) => mul(2 / Math.sqrt(Math.PI), exp(neg(pow(x, 2)))));

/** The error function, 2/√π ∫₀ˣ exp(−s²) ds, to 1e-15 in f64. */
export const erfOperator = {
  ...unary("erf", { value: evaluate, chain: (t, x) => mul(t, derivative(x)), onnx: "Erf" }),
  lower: ({ inputs: [x] }: Tensor, dtype: string) => (dtype === "f64" ? compose(x) : undefined),
};

export const erf = (x: Tensor | number) => applyUnary(erfOperator, x, {});
