import { type Database, query } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { ImportedToken } from "../../application/factor-ports.js";
import type { StandingToken, TokenBatches } from "../../application/token-batch-ports.js";

/** A user of whom there is no copy here (generation -1) may have no right name yet. */
const USERS_NAMED = `
  select login_name, user_id from challenge_orchestrator.users where login_name = any($1::text[]) and generation >= 0`;

const STANDING = `
  select serial, user_id, source from challenge_orchestrator.tokens
   where serial = any($1::text[]) or user_id = any($2::text[])`;

/** In the order of their serials, so that two commands do not wait for each other. */
const STORE = `
  insert into challenge_orchestrator.tokens
         (serial, user_id, sealed_secret, secret_digest, algorithm, digits, period_seconds, type, last_step, source, import_id)
  select serial, user_id, decode(secret, 'hex'), digest, algorithm, digits, period, type, last_step, 'import', ''
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[], $8::text[], $9::bigint[])
      as told(serial, user_id, secret, digest, algorithm, digits, period, type, last_step)
   order by serial
      on conflict (serial) do update
     set sealed_secret = excluded.sealed_secret, secret_digest = excluded.secret_digest, algorithm = excluded.algorithm,
         digits = excluded.digits, period_seconds = excluded.period_seconds, type = excluded.type,
         last_step = case when tokens.secret_digest = excluded.secret_digest
                          then greatest(tokens.last_step, excluded.last_step) else excluded.last_step end,
         drift_steps = case when tokens.secret_digest = excluded.secret_digest then tokens.drift_steps else 0 end,
         last_answer_id = case when tokens.secret_digest = excluded.secret_digest then tokens.last_answer_id else '' end
   where tokens.source = 'import' and tokens.user_id = excluded.user_id
  returning serial`;

/** Tokens that commands bring, in PostgreSQL. */
export class PostgresTokenBatches implements TokenBatches {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async usersNamed(loginNames: readonly string[]): Promise<ReadonlyMap<string, UserId>> {
    const rows = await query<{ login_name: string; user_id: UserId }>(this.#db, USERS_NAMED, [loginNames]);
    return new Map(rows.map((row) => [row.login_name, row.user_id]));
  }

  async standing({ serials, userIds }: Parameters<TokenBatches["standing"]>[0]): Promise<readonly StandingToken[]> {
    type Row = { serial: string; user_id: UserId; source: StandingToken["source"] };
    const rows = await query<Row>(this.#db, STANDING, [serials, userIds]);
    return rows.map(({ serial, user_id, source }) => ({ serial, userId: user_id, source }));
  }

  async store(tokens: readonly ImportedToken[]): Promise<ReadonlySet<string>> {
    const rows = await query<{ serial: string }>(this.#db, STORE, [
      tokens.map((token) => token.serial),
      tokens.map((token) => token.userId),
      tokens.map((token) => Buffer.from(token.sealedSecret).toString("hex")),
      tokens.map((token) => token.secretDigest),
      tokens.map((token) => token.algorithm),
      tokens.map((token) => token.digits),
      tokens.map((token) => token.periodSeconds),
      tokens.map((token) => token.type),
      tokens.map((token) => token.lastStep),
    ]);
    return new Set(rows.map(({ serial }) => serial));
  }
}
