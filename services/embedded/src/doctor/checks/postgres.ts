import { inspectPostgres, type PostgresState } from "@portcullis/kit";
import type { Check, Finding } from "../check.js";
import { placeOfUrl, unreachable } from "../unreachable.js";
import { listOf } from "../words.js";

const DEFAULT_PORT = 5_432;
const LEAST_MAJOR = 15;
/** What the server's refusals mean; SQLSTATE. */
const REFUSALS: Readonly<Record<string, readonly [what: string, todo: string]>> = {
  "28P01": [
    "refuses the password",
    "Compare PORTCULLIS_DATABASE_URL with the role's password (alter role ... password).",
  ],
  "28000": ["does not let this role in", "Does the role exist, with login, and does pg_hba.conf let this machine in?"],
  "3D000": ["has no such database", "create database ..., or mend the name in PORTCULLIS_DATABASE_URL."],
  "42501": ["does not let this role connect", "grant connect on database ... to the role."],
  "53300": ["has no connection left", "Raise max_connections: 8 for each process of a service with tables, and a few."],
  "57P03": ["is starting or stopping", "Try again in a minute; its log says what it waits for."],
};

/** The database of the distributed mode, with the role of the URL. */
export const postgresCheck: Check = {
  name: "PostgreSQL",
  run: async ({ settings }) => {
    const url = settings.PORTCULLIS_DATABASE_URL;
    if (url === undefined) return [];
    const place = placeOfUrl(url, DEFAULT_PORT);
    try {
      return postgresFindings(await inspectPostgres(url), place);
    } catch (error) {
      return [refusal(error, place) ?? unreachable("PostgreSQL", place, error)];
    }
  },
};

function refusal(error: unknown, place: string): Finding | undefined {
  const known = error instanceof Error && "code" in error ? REFUSALS[String(error.code)] : undefined;
  return known && { level: "error", what: `PostgreSQL at ${place} ${known[0]}.`, todo: known[1] };
}

export function postgresFindings(state: PostgresState, place: string): Finding[] {
  const { major, encoding, role, superuser, readOnly, mayCreateSchemas, ownSchemas } = state;
  const found: Finding[] = [];
  if (major < LEAST_MAJOR) {
    found.push({ level: "error", what: `PostgreSQL ${major} at ${place} is too old.`, todo: "Take 15 or newer." });
  }
  if (readOnly) {
    const todo = "Name the primary in PORTCULLIS_DATABASE_URL.";
    found.push({ level: "error", what: `PostgreSQL at ${place} only reads: a standby, or set so.`, todo });
  }
  if (!mayCreateSchemas && ownSchemas.length === 0) {
    found.push({
      level: "error",
      what: `The role ${role} may make no schema, and owns none.`,
      why: "A service makes its tables itself, in a schema of its own.",
      todo: `create schema authn_primary authorization ${role}; the same for each service's schema and role (docs/operating/distributed.md).`,
    });
  }
  if (encoding !== "UTF8") {
    const todo = "Make a new one: create database ... encoding 'UTF8' template template0.";
    found.push({ level: "error", what: `The database has the encoding ${encoding}, not UTF8.`, todo });
  }
  if (superuser) {
    const todo = "A role for each service that owns its schema and nothing else (docs/operating/distributed.md).";
    found.push({
      level: "hint",
      what: `The role ${role} is a superuser.`,
      why: "A service needs no such right.",
      todo,
    });
  }
  if (found.some(({ level }) => level !== "hint")) return found;
  const rights = mayCreateSchemas ? "may make its schema" : `owns ${listOf(ownSchemas)}`;
  return [{ level: "ok", what: `PostgreSQL ${major} at ${place} answers; the role ${role} ${rights}.` }, ...found];
}
