import { timingSafeEqual } from "node:crypto";

/** Compares in constant time, the length of `expected` excepted, which is no secret. */
export function isSameText(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  const compared = Buffer.alloc(other.length);
  one.copy(compared);
  return timingSafeEqual(compared, other) && one.length === other.length;
}
