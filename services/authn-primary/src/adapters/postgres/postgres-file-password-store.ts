import { type Database, query } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { FilePasswordStore, StoredPassword } from "../../application/ports.js";

const SOURCE = "file";

const PUT = `
  insert into authn_primary.passwords as kept (user_id, hash, source)
    select *, $3::text from unnest($1::text[], $2::text[])
  on conflict (user_id) do update set hash = excluded.hash where kept.source = excluded.source`;

/** The file's passwords in PostgreSQL, or in PGlite. */
export class PostgresFilePasswordStore implements FilePasswordStore {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async importedDigest(): Promise<string | undefined> {
    const text = "select digest from authn_primary.imports where source = $1";
    const [row] = await query<{ readonly digest: string }>(this.#db, text, [SOURCE]);
    return row?.digest;
  }

  async setImportedDigest(digest: string): Promise<void> {
    const text = `insert into authn_primary.imports (source, digest) values ($1, $2)
      on conflict (source) do update set digest = excluded.digest`;
    await query(this.#db, text, [SOURCE, digest]);
  }

  async all(): Promise<readonly StoredPassword[]> {
    const text = "select user_id, hash from authn_primary.passwords where source = $1";
    const rows = await query<{ readonly user_id: UserId; readonly hash: string }>(this.#db, text, [SOURCE]);
    return rows.map((row) => ({ userId: row.user_id, hash: row.hash }));
  }

  async put(passwords: readonly StoredPassword[]): Promise<void> {
    if (passwords.length === 0) return;
    const hashes = passwords.map((password) => password.hash);
    await query(this.#db, PUT, [passwords.map((password) => password.userId), hashes, SOURCE]);
  }

  async remove(userIds: readonly UserId[]): Promise<void> {
    if (userIds.length === 0) return;
    const text = "delete from authn_primary.passwords where source = $1 and user_id = any($2::text[])";
    await query(this.#db, text, [SOURCE, userIds]);
  }
}
