const superscripts: Record<string, string> = Object.fromEntries(
  [..."-0123456789"].map((c, i) => [c, "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"[i]]),
);

/** 10 to an integer power in print: `powerOfTen(-3)` is "10⁻³". */
export function powerOfTen(exponent: number): string {
  return "10" + [...String(exponent)].map((c) => superscripts[c]).join("");
}

/**
 * A number for display: 4 significant digits, scientific below 10⁻³ and from 10⁶ up, integers below 10⁶ in full, digits
 * grouped from 10,000 up. NaN and the infinities keep their names.
 */
export function formatNumber(x: number): string {
  if (Number.isNaN(x)) return "NaN";
  const sign = x < 0 ? "−" : "";
  const size = Math.abs(x);
  if (size === Infinity) return sign + "∞";
  if (size === 0) return "0";
  const rounded = Number(size.toPrecision(4));
  if (Number.isInteger(size) ? size < 1e6 : rounded >= 1e-3 && rounded < 1e6) {
    const value = Number.isInteger(size) ? size : rounded;
    return sign + (value >= 1e4 ? value.toLocaleString("en-US", { maximumFractionDigits: 20 }) : String(value));
  }
  const [mantissa, exponent] = size.toExponential(3).split("e");
  return `${sign}${Number(mantissa)}×${powerOfTen(Number(exponent))}`;
}
