import { UserError } from '../../model/errors.ts';

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3600_000, d: 24 * 3600_000 };

/**
 * Reads `72h`, `30m`, `3d`, `10s` or `0`.
 * @param option how messages call it
 * @returns milliseconds
 * @throws {UserError}
 */
export function parseDuration(text: string, option: string): number {
  if (text === '0') return 0;
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (!number) throw new UserError(`${option} ${text} is no time: write it like 72h, 30m or 3d`);
  return Number(number) * UNITS[unit];
}
