import { type Database, query } from "@portcullis/kit";
import type { AnswerId, UserId } from "@portcullis/login";
import type { RecoveryCodes } from "../../application/factor-ports.js";

/** Sees the rows as they were before the statement, so that a digest that stays (which none does) would be lost, never doubled. */
const REPLACE = `
  with gone as (
    delete from challenge_orchestrator.recovery_codes where user_id = $1 and digest <> all($2::text[])
  )
  insert into challenge_orchestrator.recovery_codes (user_id, digest)
  select $1, digest from unnest($2::text[]) as told(digest)
      on conflict do nothing`;

const USE = `
  update challenge_orchestrator.recovery_codes set used_by_answer = $3
   where user_id = $1 and digest = $2 and used_by_answer in ('', $3)
  returning digest`;

const LEFT = `
  select count(*)::int as codes from challenge_orchestrator.recovery_codes where user_id = $1 and used_by_answer = ''`;

/** Recovery codes in PostgreSQL. */
export class PostgresRecoveryCodes implements RecoveryCodes {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async replace(userId: UserId, digests: readonly string[]): Promise<void> {
    await query(this.#db, REPLACE, [userId, digests]);
  }

  async use(code: { userId: UserId; digest: string; answerId: AnswerId }): Promise<boolean> {
    return (await query(this.#db, USE, [code.userId, code.digest, code.answerId])).length > 0;
  }

  async left(userId: UserId): Promise<number> {
    const [row] = await query<{ codes: number }>(this.#db, LEFT, [userId]);
    return row?.codes ?? 0;
  }
}
