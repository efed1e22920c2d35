import { type Database, query } from "@portcullis/kit";
import type { LoginId, UserId } from "@portcullis/login";
import type { Bypasses, GivenBypass, PastBypass } from "../../application/factor-ports.js";

/** What is in force stands in the user's row, where a login looks; all of them stand in the history. */
const GIVE = `
  with ended as (
    update challenge_orchestrator.bypasses set removed_at_ms = $5
     where user_id = $2 and used_by_login = '' and removed_at_ms is null
  ), given as (
    insert into challenge_orchestrator.bypasses (bypass_id, user_id, reason, given_by, given_at_ms, until_ms)
    values ($1, $2, $3, $4, $5, $6)
  )
  insert into challenge_orchestrator.users (user_id, bypass_id, bypass_until_ms) values ($2, $1, $6)
      on conflict (user_id) do update set bypass_id = excluded.bypass_id, bypass_until_ms = excluded.bypass_until_ms`;

const REMOVE = `
  with ended as (
    update challenge_orchestrator.bypasses set removed_at_ms = $2
     where user_id = $1 and used_by_login = '' and removed_at_ms is null
    returning user_id
  ), forgotten as (
    update challenge_orchestrator.users set bypass_id = null, bypass_until_ms = null
     where user_id in (select user_id from ended)
  )
  select user_id from ended`;

const LIST = `
  select b.bypass_id, b.user_id, coalesce(u.login_name, '') as login_name, b.reason, b.given_by, b.used_by_login,
         b.given_at_ms::float8 as given_at_ms, b.until_ms::float8 as until_ms, b.removed_at_ms::float8 as removed_at_ms
    from challenge_orchestrator.bypasses b left join challenge_orchestrator.users u using (user_id)
   where $2::text is null or b.user_id = $2::text
   order by b.given_at_ms desc, b.bypass_id limit $1`;

interface BypassRow {
  readonly bypass_id: string;
  readonly user_id: UserId;
  readonly login_name: string;
  readonly reason: string;
  readonly given_by: string;
  readonly given_at_ms: number;
  readonly until_ms: number;
  readonly used_by_login: LoginId | "";
  readonly removed_at_ms: number | null;
}

/** Bypasses in PostgreSQL. A login takes one through `PostgresFactors`. */
export class PostgresBypasses implements Bypasses {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async give({ bypassId, userId, reason, givenBy, givenAtMs, untilMs }: GivenBypass): Promise<void> {
    await query(this.#db, GIVE, [bypassId, userId, reason, givenBy, Math.round(givenAtMs), Math.round(untilMs)]);
  }

  async remove(userId: UserId, atMs: number): Promise<boolean> {
    return (await query(this.#db, REMOVE, [userId, Math.round(atMs)])).length > 0;
  }

  async list(limit: number, userId?: UserId): Promise<readonly PastBypass[]> {
    return (await query<BypassRow>(this.#db, LIST, [limit, userId ?? null])).map(bypassOf);
  }
}

function bypassOf(row: BypassRow): PastBypass {
  return {
    bypassId: row.bypass_id,
    userId: row.user_id,
    loginName: row.login_name,
    reason: row.reason,
    givenBy: row.given_by,
    givenAtMs: row.given_at_ms,
    untilMs: row.until_ms,
    usedByLogin: row.used_by_login === "" ? undefined : row.used_by_login,
    removedAtMs: row.removed_at_ms ?? undefined,
  };
}
