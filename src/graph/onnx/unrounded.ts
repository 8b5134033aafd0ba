/**
 * The number before its rounding to single precision. Files write attributes and the constants of formulas (√2 of gelu,
 * the slope 0.01, an epsilon) as f32, but the exported program computed with the constant itself. In f32 both are the
 * same number.
 */
export function unrounded(value: number): number {
  if (!Number.isFinite(value) || Math.fround(value) !== value || Number.isInteger(value)) return value;
  for (let digits = 1; digits <= 7; digits++) {
    const decimal = Number(value.toPrecision(digits));
    if (Math.fround(decimal) === value) return digits < 7 ? decimal : (formula(value) ?? decimal);
  }
  return formula(value) ?? value;
}

/** The constants of SELU (Klambauer et al. 2017), and those of common formulas. */
const constants = [
  1.6732632423543772,
  1.0507009873554805,
  Math.PI,
  Math.E,
  Math.LN2,
  Math.LN10,
  Math.LOG2E,
  Math.sqrt(2 / Math.PI),
  2 / Math.sqrt(Math.PI),
];

const LARGEST = 4096;

/** √n, 1/√n, n/m or a known constant that rounds to this number. */
function formula(value: number): number | undefined {
  const size = Math.abs(value);
  const isIt = (candidate: number) => Math.fround(candidate) === size;
  const square = Math.round(size ** 2);
  const inverse = Math.round(1 / size ** 2);
  const roots = [
    ...(square <= LARGEST ? [Math.sqrt(square)] : []),
    ...(inverse > 0 && inverse <= LARGEST ? [1 / Math.sqrt(inverse)] : []),
  ];
  const fractions = Array.from({ length: 64 }, (_, i) => Math.round(size * (i + 1)) / (i + 1));
  const found = [...constants, ...roots, ...fractions].find(isIt);
  return found === undefined ? undefined : Math.sign(value) * found;
}
