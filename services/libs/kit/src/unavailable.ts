/**
 * Something that we need is away: a store, a broker, a key that has not reached this process yet. Nothing may be
 * concluded from it; the work waits and is tried again until its deadline (architecture, section 3).
 */
export class Unavailable extends Error {
  override readonly name: string = "Unavailable";
}

const NETWORK_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
]);

/** PostgreSQL classes that mean "not now": connection (08), resources (53), operator intervention (57), system (58), rollback (40). */
const AWAY_SQLSTATE = /^(08|53|57|58|40)[0-9A-Z]{3}$/;
const POOL_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/;

/** Tells a store that is away from a record that is wrong: the first waits, the second goes to the dead letters. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof Unavailable) return true;
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  if (NETWORK_CODES.has(code) || AWAY_SQLSTATE.test(code) || POOL_MESSAGES.test(error.message)) return true;
  return error.cause instanceof Error && isUnavailable(error.cause);
}
