const UNITS: Record<string, number> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
};

/** Bytes of a size such as `500KB`, `10 MiB` or `1048576`; undefined for what is none. */
export function parseSize(size: string | number): number | undefined {
  const found = /^(\d{1,15}(?:\.\d{1,6})?)\s?([kmg]?i?)b?$/i.exec(String(size).trim());
  const unit = found && UNITS[found[2].toLowerCase()];
  if (!found || !unit) return undefined;
  const bytes = Math.round(Number(found[1]) * unit);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}
