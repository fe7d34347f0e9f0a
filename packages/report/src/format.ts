const minus = "\u2212";
const thinSpace = "\u202f";
const superscripts: Readonly<Record<string, string>> = {
  "-": "⁻",
  "0": "⁰",
  "1": "¹",
  "2": "²",
  "3": "³",
  "4": "⁴",
  "5": "⁵",
  "6": "⁶",
  "7": "⁷",
  "8": "⁸",
  "9": "⁹",
};

/** A power as it is printed: −12 → `⁻¹²`. */
export const superscript = (n: number): string => String(n).replace(/[-0-9]/g, (c) => superscripts[c]!);

/** Digits in groups of three from 10 000 on. */
const grouped = (digits: string): string =>
  digits.length > 4 ? digits.replace(/\B(?=(\d{3})+$)/g, thinSpace) : digits;

/** A whole number: `2 083 456`. */
export const formatCount = (n: number): string =>
  Number.isFinite(n) ? (n < 0 ? minus : "") + grouped(String(Math.abs(Math.round(n)))) : "–";

/**
 * A measured number to `digits` significant digits: `0.001912`, `12 346`, `3.200×10⁻⁵`. Trailing zeros stay: they say
 * how precise the number is. NaN is `–`.
 */
export function formatNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${minus}∞`;
  if (value === 0) return "0";
  const sign = value < 0 ? minus : "";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e7) {
    const [mantissa, power] = size.toExponential(digits - 1).split("e") as [string, string];
    return `${sign}${mantissa}×10${superscript(Number(power))}`;
  }
  return sign + (size >= 10 ** digits - 0.5 ? grouped(String(Math.round(size))) : size.toPrecision(digits));
}

/** A number somebody wrote or chose (λ = 10): as short as it can be written. */
export function formatSetting(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return formatCount(value);
  const short = String(Number(value.toPrecision(6)));
  const [mantissa, power] = short.split("e") as [string, string?];
  const text = mantissa.replace("-", minus);
  return power === undefined ? text : `${text}×10${superscript(Number(power))}`;
}

/** `0.42 s`, `12.3 s`, `4 min 12 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 0.9995) return `${formatNumber(seconds * 1000, 3)} ms`;
  if (seconds < 59.95) return `${seconds.toPrecision(3)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${grouped(String(Math.floor(minutes / 60)))} h ${minutes % 60} min`;
}

/** Bytes in decimal units: `1.26 MB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return "–";
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  for (; value >= 999.5 && unit + 1 < units.length; unit++) value /= 1000;
  return `${value.toPrecision(3)} ${units[unit]!}`;
}

/** `12.3 %` of a share from 0 to 1; never rounded to all or nothing when it is not. */
export function formatPercent(share: number): string {
  if (!Number.isFinite(share)) return "–";
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  if (percent > 99.9 && percent < 100) return "> 99.9 %";
  return `${percent.toFixed(1).replace("-", minus)} %`;
}

/** A unit as it is printed: `cm-1` → `cm⁻¹`, `um` → `µm`; an `index` has none. */
export function formatUnit(unit: string | undefined): string {
  if (unit === undefined || unit === "index") return "";
  if (unit === "um") return "µm";
  return unit.replace(/-\d+$/, (power) => superscript(Number(power)));
}

/** `Raman shift (cm⁻¹)`. */
export function formatAxis(label: string | undefined, unit: string | undefined): string {
  const printed = formatUnit(unit);
  if (!label) return printed;
  return printed ? `${label} (${printed})` : label;
}
