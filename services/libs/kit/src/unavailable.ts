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
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "ERR_SOCKET_CONNECTION_TIMEOUT",
]);

/**
 * PostgreSQL classes that mean "not now": connection (08), a role that can't log in, as while its password changes (28),
 * rollback (40), resources (53), operator intervention (57), system (58); a lock that is taken, a server that only reads.
 */
const AWAY_SQLSTATE = /^((08|28|40|53|57|58)[0-9A-Z]{3}|55P03|25006)$/;
/** What drivers say without a code: the pool of `pg`, PGlite when it is closed, ioredis. */
const AWAY_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|PGlite is clos|Connection is closed|Command timed out|Reached the max retries per request|Stream isn't writeable)/;
/** First words of Redis' replies that say nothing about the command: starting, failing over, full, unable to persist. */
const AWAY_REDIS_REPLY =
  /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|OOM|MISCONF|BUSY|NOREPLICAS|NOAUTH|WRONGPASS)\b/;
const MAX_CAUSES = 5;

/** Tells a store that is away from a record that is wrong: the first waits, the second goes to the dead letters. */
export function isUnavailable(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth++) {
    if (current instanceof Unavailable || saysAway(current)) return true;
    current = current.cause;
  }
  return false;
}

function saysAway(error: Error): boolean {
  const code = "code" in error ? String(error.code) : "";
  if (NETWORK_CODES.has(code) || AWAY_SQLSTATE.test(code) || AWAY_MESSAGE.test(error.message)) return true;
  return error.name === "ReplyError" && AWAY_REDIS_REPLY.test(error.message);
}
