import { Batcher, type Database, query } from "@portcullis/kit";
import { loginNameOf } from "@portcullis/login";
import type { UserCopies, UserCopy } from "../../application/ports.js";

const KEEP = { maxItems: 1_000, maxInFlight: 1, maxWaiting: 60_000 };
const KEEP_USERS = `
  insert into fraud_reporter.users (user_id, login_name, enabled, generation)
  select distinct on (user_id) user_id, login_name, enabled, generation
    from unnest($1::text[], $2::text[], $3::boolean[], $4::bigint[]) as told(user_id, login_name, enabled, generation)
   order by user_id, generation desc
      on conflict (user_id) do update
     set login_name = excluded.login_name, enabled = excluded.enabled, generation = excluded.generation
   where users.generation < excluded.generation`;
/** Two are enough to see that a name is not one user's only. */
const NAMED = `
  select user_id, login_name, enabled, generation::text from fraud_reporter.users
  where login_name = $1 order by enabled desc, user_id limit 2`;

interface UserRow {
  readonly user_id: string;
  readonly login_name: string;
  readonly enabled: boolean;
  readonly generation: string;
}

/** Our copy of the users in PostgreSQL: changes of one turn go in one statement, an older one changes nothing. */
export class PostgresUserCopies implements UserCopies {
  readonly #db: Database<never>;
  readonly #keeps: Batcher<UserCopy, undefined>;

  constructor(db: Database<never>) {
    this.#db = db;
    this.#keeps = new Batcher((users) => this.#keepAll(users), KEEP);
  }

  async keep(user: UserCopy): Promise<void> {
    await this.#keeps.add(user);
  }

  async named(userName: string): Promise<readonly UserCopy[]> {
    return (await query<UserRow>(this.#db, NAMED, [loginNameOf(userName)])).map((row) => ({
      userId: row.user_id,
      loginName: row.login_name,
      enabled: row.enabled,
      generation: BigInt(row.generation),
    }));
  }

  async #keepAll(users: readonly UserCopy[]): Promise<undefined[]> {
    await query(this.#db, KEEP_USERS, [
      users.map((user) => user.userId),
      users.map((user) => user.loginName),
      users.map((user) => user.enabled),
      users.map((user) => user.generation.toString()),
    ]);
    return users.map(() => undefined);
  }
}
