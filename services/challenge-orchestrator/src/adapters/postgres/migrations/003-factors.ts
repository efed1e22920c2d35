import { type Kysely, type RawBuilder, sql } from "kysely";

/**
 * A user's row holds whatever a login has to know of her, from whichever source: the copy of directory-sync (generation -1
 * while there is none), the file's factors, her block, and what is true now of her PIN and her bypass. Whoever knows the first
 * thing of her makes the row.
 */
const USERS = sql`
  alter table challenge_orchestrator.users
    alter column login_name set default '',
    alter column enabled set default true,
    alter column generation set default -1,
    add column factors_import_id text not null default '',
    add column sealed_phones bytea,
    add column language text not null default 'en',
    add column allowed_methods text[],
    add column default_method text,
    add column sms_mode text not null default 'one-way',
    add column voice_mode text not null default 'standard',
    add column app_mode text not null default 'standard',
    add column block_generation bigint not null default -1,
    add column blocked_until_ms bigint,
    add column pin_must_change boolean,
    add column pin_expires_at_ms bigint,
    add column bypass_id text,
    add column bypass_until_ms bigint`;

/** Whether she has anything that most users have not: a login asks for it only then. */
const HAS_MORE = sql`
  alter table challenge_orchestrator.users
    add column has_more boolean not null generated always as (
      sealed_phones is not null or blocked_until_ms is not null or pin_must_change is not null or bypass_id is not null
      or allowed_methods is not null or default_method is not null or language <> 'en'
      or sms_mode <> 'one-way' or voice_mode <> 'standard' or app_mode <> 'standard'
    ) stored`;

/** By which commands find a user. */
const LOGIN_NAMES = sql`create index users_login_name on challenge_orchestrator.users (login_name)`;

/** Steps of a HOTP token are the values of its counter. */
const TOKENS = sql`
  alter table challenge_orchestrator.tokens
    add column type text not null default 'totp',
    add column drift_steps double precision not null default 0`;

/** Removed ones stay, so that an older event does not bring one back. Their codes stand among the tokens. */
const DEVICES = sql`
  create table challenge_orchestrator.devices (
    device_id text primary key,
    user_id text not null,
    name text not null,
    active boolean not null,
    generation bigint not null
  )`;

/** The hashes of the PIN and of those before it, newest first, sealed as one. */
const PINS = sql`
  create table challenge_orchestrator.pins (
    user_id text primary key,
    sealed_hashes bytea not null,
    version integer not null,
    source text not null,
    file_digest text not null,
    set_at_ms bigint not null
  )`;

const RECOVERY_CODES = sql`
  create table challenge_orchestrator.recovery_codes (
    user_id text not null,
    digest text not null,
    used_by_answer text not null default '',
    primary key (user_id, digest)
  )`;

const BYPASSES = sql`
  create table challenge_orchestrator.bypasses (
    bypass_id text primary key,
    user_id text not null,
    reason text not null,
    given_by text not null,
    given_at_ms bigint not null,
    until_ms bigint not null,
    used_by_login text not null default '',
    removed_at_ms bigint
  )`;

const BYPASSES_OF_USERS = sql`create index bypasses_user_id on challenge_orchestrator.bypasses (user_id, given_at_ms)`;
const NEWEST_BYPASSES = sql`create index bypasses_given_at on challenge_orchestrator.bypasses (given_at_ms)`;

const STATEMENTS: readonly RawBuilder<unknown>[] = [
  USERS,
  HAS_MORE,
  LOGIN_NAMES,
  TOKENS,
  DEVICES,
  PINS,
  RECOVERY_CODES,
  BYPASSES,
  BYPASSES_OF_USERS,
  NEWEST_BYPASSES,
];

/** All that users have for their second factor beside the secrets of their tokens. */
export async function addFactors(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await statement.execute(db);
}
