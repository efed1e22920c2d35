import { Batcher, type Database, query } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { AccountStore } from "../../application/ports.js";
import type { Account, UserCopy } from "../../domain/account.js";

const FIND_LIMITS = { maxItems: 256, maxInFlight: 2, maxWaiting: 10_000 };
const KEEP_LIMITS = { maxItems: 1_000, maxInFlight: 1, maxWaiting: 50_000 };
const UNIQUE_VIOLATION = "23505";

const FIND = `
  select users.login_name, users.user_id, users.enabled, passwords.hash from authn_primary.users
    left join authn_primary.passwords using (user_id)
    where users.login_name = any($1::text[])`;

const KEEP = `
  insert into authn_primary.users as kept (user_id, login_name, enabled, generation)
    select * from unnest($1::text[], $2::text[], $3::boolean[], $4::bigint[])
  on conflict (user_id) do update
    set login_name = excluded.login_name, enabled = excluded.enabled, generation = excluded.generation
    where kept.generation < excluded.generation`;

interface AccountRow {
  readonly login_name: string;
  readonly user_id: UserId;
  readonly enabled: boolean;
  readonly hash: string | null;
}

/** Users and their passwords in PostgreSQL, or in PGlite: logins that come together are looked up together. */
export class PostgresAccountStore implements AccountStore {
  readonly #db: Database<never>;
  readonly #found: Batcher<string, Account | undefined>;
  readonly #kept: Batcher<UserCopy, Error | undefined>;

  constructor(db: Database<never>) {
    this.#db = db;
    this.#found = new Batcher((loginNames) => this.#findAll(loginNames), FIND_LIMITS);
    this.#kept = new Batcher((users) => this.#keepAll(users), KEEP_LIMITS);
  }

  find(loginName: string): Promise<Account | undefined> {
    return this.#found.add(loginName);
  }

  async keep(user: UserCopy): Promise<void> {
    const trouble = await this.#kept.add(user);
    if (trouble !== undefined) throw trouble;
  }

  async #findAll(loginNames: readonly string[]): Promise<(Account | undefined)[]> {
    const rows = await query<AccountRow>(this.#db, FIND, [[...new Set(loginNames)]]);
    const accounts = new Map(rows.map((row) => [row.login_name, accountOf(row)]));
    return loginNames.map((loginName) => accounts.get(loginName));
  }

  /** One user whose login name is another's must not keep the rest of her batch out: then each goes by herself. */
  async #keepAll(users: readonly UserCopy[]): Promise<(Error | undefined)[]> {
    try {
      await this.#upsert(users);
      return users.map(() => undefined);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      if (users.length === 1) return [error];
    }
    const troubles: (Error | undefined)[] = [];
    for (const user of users) troubles.push(...(await this.#keepAll([user])));
    return troubles;
  }

  async #upsert(users: readonly UserCopy[]): Promise<void> {
    const newest = new Map<UserId, UserCopy>();
    for (const user of users) {
      const other = newest.get(user.userId);
      if (other === undefined || other.generation < user.generation) newest.set(user.userId, user);
    }
    const rows = [...newest.values()];
    await query(this.#db, KEEP, [
      rows.map((user) => user.userId),
      rows.map((user) => user.loginName),
      rows.map((user) => user.enabled),
      rows.map((user) => user.generation),
    ]);
  }
}

function accountOf(row: AccountRow): Account {
  return { userId: row.user_id, enabled: row.enabled, passwordHash: row.hash ?? undefined };
}

function isUniqueViolation(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === UNIQUE_VIOLATION;
}
