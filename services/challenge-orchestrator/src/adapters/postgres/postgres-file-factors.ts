import { type Database, query } from "@portcullis/kit";
import type { FileTokens, ImportedToken } from "../../application/ports.js";

const IMPORTED_AS = `select import_id from challenge_orchestrator.imports where source = 'file'`;

const STORE_TOKENS = `
  insert into challenge_orchestrator.tokens
         (serial, user_id, sealed_secret, secret_digest, algorithm, digits, period_seconds, source, import_id)
  select serial, user_id, decode(secret, 'hex'), digest, algorithm, digits, period, 'file', $8
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[])
      as told(serial, user_id, secret, digest, algorithm, digits, period)
      on conflict (serial) do update
     set user_id = excluded.user_id, sealed_secret = excluded.sealed_secret, secret_digest = excluded.secret_digest,
         algorithm = excluded.algorithm, digits = excluded.digits, period_seconds = excluded.period_seconds,
         import_id = excluded.import_id,
         last_step = case when tokens.secret_digest = excluded.secret_digest then tokens.last_step else -1 end,
         last_answer_id = case when tokens.secret_digest = excluded.secret_digest then tokens.last_answer_id else '' end
   where tokens.source = 'file'`;

const COMPLETE = `
  with gone as (delete from challenge_orchestrator.tokens where source = 'file' and import_id <> $1)
  insert into challenge_orchestrator.imports (source, import_id) values ('file', $1)
      on conflict (source) do update set import_id = excluded.import_id`;

/** Nobody else does it on PGlite, and look-ups take half the time. */
const GATHER_STATISTICS = "analyze challenge_orchestrator.tokens";

/** The configuration file's tokens in PostgreSQL. */
export class PostgresFileTokens implements FileTokens {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async importedAs(): Promise<string | undefined> {
    const rows = await query<{ import_id: string }>(this.#db, IMPORTED_AS, []);
    return rows[0]?.import_id;
  }

  async store(importId: string, tokens: readonly ImportedToken[]): Promise<void> {
    await query(this.#db, STORE_TOKENS, [
      tokens.map((token) => token.serial),
      tokens.map((token) => token.userId),
      tokens.map((token) => Buffer.from(token.sealedSecret).toString("hex")),
      tokens.map((token) => token.secretDigest),
      tokens.map((token) => token.algorithm),
      tokens.map((token) => token.digits),
      tokens.map((token) => token.periodSeconds),
      importId,
    ]);
  }

  async complete(importId: string): Promise<void> {
    await query(this.#db, COMPLETE, [importId]);
    await query(this.#db, GATHER_STATISTICS, []);
  }
}
