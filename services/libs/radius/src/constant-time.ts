/**
 * Compares octets in a time that depends on their number only.
 * @returns true when both have the same length and the same octets
 */
export function equalInConstantTime(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && equalRange(left, 0, right, 0, left.length);
}

/** Compares `length` octets of `left` at `leftAt` with those of `right` at `rightAt`; both ranges must exist. */
export function equalRange(
  left: Uint8Array,
  leftAt: number,
  right: Uint8Array,
  rightAt: number,
  length: number,
): boolean {
  let difference = 0;
  for (let index = 0; index < length; index++) {
    difference |= (left[leftAt + index] as number) ^ (right[rightAt + index] as number);
  }
  return difference === 0;
}
