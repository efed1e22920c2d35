/** What writing without NULs adds. */
export const NULS_OVERHEAD_BYTES = 1;
/** A distance to the next NUL fits into an octet. */
const MAX_BYTES = 253;

/**
 * Writes octets without NULs, one octet longer. ocserv keeps State as a C string and sends back what was in front of the
 * first NUL, so that a State with one comes back as nothing that we know.
 *
 *     distance to the next NUL, or to the end (1), octets up to there, where each NUL is the distance to the one after it
 *
 * @param plain up to 253 octets
 */
export function writeWithoutNuls(plain: Uint8Array): Uint8Array {
  if (plain.length > MAX_BYTES) throw new RangeError(`At most ${MAX_BYTES} octets can be written without NULs.`);
  const written = new Uint8Array(plain.length + NULS_OVERHEAD_BYTES);
  written.set(plain, NULS_OVERHEAD_BYTES);
  let distanceAt = 0;
  for (let at = 1; at < written.length; at++) {
    if (written[at] !== 0) continue;
    written[distanceAt] = at - distanceAt;
    distanceAt = at;
  }
  written[distanceAt] = written.length - distanceAt;
  return written;
}

/** @returns what was written, or undefined for octets that nobody writes so */
export function readWithoutNuls(written: Uint8Array): Uint8Array | undefined {
  if (written.length === 0 || written.includes(0)) return undefined;
  // A copy even of a Buffer, whose own slice() is none.
  const plain = new Uint8Array(written.subarray(NULS_OVERHEAD_BYTES));
  let at = written[0] as number;
  while (at < written.length) {
    plain[at - NULS_OVERHEAD_BYTES] = 0;
    at += written[at] as number;
  }
  return at === written.length ? plain : undefined;
}
