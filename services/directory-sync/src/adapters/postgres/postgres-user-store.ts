import { type Database, query } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { UserStore } from "../../application/ports.js";
import type { KeptUser, SourceUser, UserSource } from "../../domain/user.js";

const UPSERT = `
  insert into directory_sync.users as kept (user_id, name, login_name, enabled, groups, source)
    select user_id, name, login_name, enabled, array(select jsonb_array_elements_text(groups::jsonb)), $6::text
      from unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::text[])
        as told (user_id, name, login_name, enabled, groups)
  on conflict (user_id) do update
    set name = excluded.name, login_name = excluded.login_name, enabled = excluded.enabled,
      groups = excluded.groups, removed = false,
      generation = kept.generation + 1
    where kept.source = excluded.source and (kept.name, kept.login_name, kept.enabled, kept.groups, kept.removed)
      is distinct from (excluded.name, excluded.login_name, excluded.enabled, excluded.groups, false)
  returning user_id`;

const REMOVE_OTHERS = `
  update directory_sync.users as kept set removed = true, generation = kept.generation + 1
    where kept.source = $1 and not kept.removed
      and not exists (select from unnest($2::text[]) as named (user_id) where named.user_id = kept.user_id)
  returning user_id`;

const UNPUBLISHED = `
  select user_id, name, login_name, enabled, groups, removed, generation::text from directory_sync.users
    where generation > published_generation order by user_id limit $1`;

const MARK_PUBLISHED = `
  update directory_sync.users as kept set published_generation = published.generation
    from unnest($1::text[], $2::bigint[]) as published (user_id, generation)
    where kept.user_id = published.user_id and kept.published_generation < published.generation`;

interface UserRow {
  readonly user_id: UserId;
  readonly name: string;
  readonly login_name: string;
  readonly enabled: boolean;
  readonly groups: readonly string[];
  readonly removed: boolean;
  readonly generation: string;
}

/** Users in PostgreSQL, or in PGlite. */
export class PostgresUserStore implements UserStore {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async importedDigest(source: UserSource): Promise<string | undefined> {
    const text = "select digest from directory_sync.imports where source = $1";
    const [row] = await query<{ readonly digest: string }>(this.#db, text, [source]);
    return row?.digest;
  }

  async setImportedDigest(source: UserSource, digest: string): Promise<void> {
    const text = `insert into directory_sync.imports (source, digest) values ($1, $2)
      on conflict (source) do update set digest = excluded.digest`;
    await query(this.#db, text, [source, digest]);
  }

  async upsert(source: UserSource, users: readonly SourceUser[]): Promise<number> {
    const columns = [
      users.map((user) => user.userId),
      users.map((user) => user.name),
      users.map((user) => user.loginName),
      users.map((user) => user.enabled),
      // Lists of different lengths are no array of PostgreSQL's, so each is one value of its own.
      users.map((user) => JSON.stringify(user.groups)),
    ];
    return (await query(this.#db, UPSERT, [...columns, source])).length;
  }

  async removeOthers(source: UserSource, kept: readonly UserId[]): Promise<number> {
    return (await query(this.#db, REMOVE_OTHERS, [source, kept])).length;
  }

  async countUnpublished(): Promise<number> {
    const text = "select count(*)::int as count from directory_sync.users where generation > published_generation";
    const [row] = await query<{ readonly count: number }>(this.#db, text, []);
    return row?.count ?? 0;
  }

  async unpublished(limit: number): Promise<readonly KeptUser[]> {
    const rows = await query<UserRow>(this.#db, UNPUBLISHED, [limit]);
    return rows.map((row) => ({
      userId: row.user_id,
      name: row.name,
      loginName: row.login_name,
      enabled: row.enabled,
      groups: row.groups,
      removed: row.removed,
      generation: Number(row.generation),
    }));
  }

  async markPublished(users: readonly KeptUser[]): Promise<void> {
    if (users.length === 0) return;
    const generations = users.map((user) => user.generation);
    await query(this.#db, MARK_PUBLISHED, [users.map((user) => user.userId), generations]);
  }
}
