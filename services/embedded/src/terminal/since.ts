import { CommandError } from "./fail.js";

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const FOR_SO_LONG = /^(\d{1,6})([mhd])$/;

/**
 * What `--since` means.
 * @param text a day or a time in UTC (`2026-11-25`, `2026-11-25T08:00Z`), or how long ago (`7d`, `12h`, `30m`)
 * @returns milliseconds since 1970
 */
export function sinceMsOf(text: string, nowMs: number): number {
  const [, count, unit] = FOR_SO_LONG.exec(text) ?? [];
  if (count !== undefined) return Math.max(0, nowMs - Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]);
  // A time without a zone would be another one on each machine.
  const ms = /^\d{4}-\d{2}-\d{2}(T.+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new CommandError(`--since takes 2026-11-25, 2026-11-25T08:00Z, 7d, 12h or 30m, not ${text}.`);
  return Math.max(0, ms);
}
