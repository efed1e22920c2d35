import { type Database, query } from "@portcullis/kit";
import type { FileFactors, ImportedToken, ImportedUser } from "../../application/factor-ports.js";

const IMPORTED_AS = `select import_id from challenge_orchestrator.imports where source = 'file'`;

const STORE_TOKENS = `
  insert into challenge_orchestrator.tokens
         (serial, user_id, sealed_secret, secret_digest, algorithm, digits, period_seconds, type, last_step, source, import_id)
  select serial, user_id, decode(secret, 'hex'), digest, algorithm, digits, period, type, last_step, 'file', $10
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[], $8::text[], $9::bigint[])
      as told(serial, user_id, secret, digest, algorithm, digits, period, type, last_step)
      on conflict (serial) do update
     set user_id = excluded.user_id, sealed_secret = excluded.sealed_secret, secret_digest = excluded.secret_digest,
         algorithm = excluded.algorithm, digits = excluded.digits, period_seconds = excluded.period_seconds,
         type = excluded.type, import_id = excluded.import_id,
         last_step = case when tokens.secret_digest = excluded.secret_digest
                          then greatest(tokens.last_step, excluded.last_step) else excluded.last_step end,
         drift_steps = case when tokens.secret_digest = excluded.secret_digest then tokens.drift_steps else 0 end,
         last_answer_id = case when tokens.secret_digest = excluded.secret_digest then tokens.last_answer_id else '' end
   where tokens.source = 'file'`;

/** In the order of their ids, as the copy of the users is written too: neither waits for a row that the other one has. */
const STORE_USERS = `
  insert into challenge_orchestrator.users
         (user_id, login_name, sealed_phones, language, allowed_methods, default_method, sms_mode, voice_mode, app_mode,
          factors_import_id)
  select user_id, login_name, decode(phones, 'hex'), language, string_to_array(allowed, ','), default_method, sms, voice, app, $10
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
      as told(user_id, login_name, phones, language, allowed, default_method, sms, voice, app)
   order by user_id
      on conflict (user_id) do update
     set sealed_phones = excluded.sealed_phones, language = excluded.language, allowed_methods = excluded.allowed_methods,
         default_method = excluded.default_method, sms_mode = excluded.sms_mode, voice_mode = excluded.voice_mode,
         app_mode = excluded.app_mode, factors_import_id = excluded.factors_import_id`;

/** The rows of users stay: they hold more than the file said of them. */
const COMPLETE = `
  with gone as (
    delete from challenge_orchestrator.tokens where source = 'file' and import_id <> $1
  ), plain as (
    update challenge_orchestrator.users
       set sealed_phones = null, language = default, allowed_methods = null, default_method = null, sms_mode = default,
           voice_mode = default, app_mode = default, factors_import_id = default
     where factors_import_id <> '' and factors_import_id <> $1
  )
  insert into challenge_orchestrator.imports (source, import_id) values ('file', $1)
      on conflict (source) do update set import_id = excluded.import_id`;

/** Nobody else does it on PGlite, and look-ups take half the time. */
const GATHER_STATISTICS = ["analyze challenge_orchestrator.tokens", "analyze challenge_orchestrator.users"];

/** The configuration file's factors in PostgreSQL. */
export class PostgresFileFactors implements FileFactors {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async importedAs(): Promise<string | undefined> {
    const rows = await query<{ import_id: string }>(this.#db, IMPORTED_AS, []);
    return rows[0]?.import_id;
  }

  async storeTokens(importId: string, tokens: readonly ImportedToken[]): Promise<void> {
    await query(this.#db, STORE_TOKENS, [
      tokens.map((token) => token.serial),
      tokens.map((token) => token.userId),
      tokens.map((token) => hexOf(token.sealedSecret)),
      tokens.map((token) => token.secretDigest),
      tokens.map((token) => token.algorithm),
      tokens.map((token) => token.digits),
      tokens.map((token) => token.periodSeconds),
      tokens.map((token) => token.type),
      tokens.map((token) => token.lastStep),
      importId,
    ]);
  }

  async storeUsers(importId: string, users: readonly ImportedUser[]): Promise<void> {
    await query(this.#db, STORE_USERS, [
      users.map((user) => user.userId),
      users.map((user) => user.loginName),
      users.map((user) => (user.sealedPhones === undefined ? null : hexOf(user.sealedPhones))),
      users.map((user) => user.language),
      users.map((user) => user.allowedMethods?.join(",") ?? null),
      users.map((user) => user.defaultMethod ?? null),
      users.map((user) => user.modes.sms),
      users.map((user) => user.modes.voice),
      users.map((user) => user.modes.app),
      importId,
    ]);
  }

  async complete(importId: string): Promise<void> {
    await query(this.#db, COMPLETE, [importId]);
    for (const statement of GATHER_STATISTICS) await query(this.#db, statement, []);
  }
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
