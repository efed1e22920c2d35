import { Batcher, type Database, query } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { UserNames } from "../../application/factor-ports.js";
import type { UserCopies, UserCopy } from "../../application/ports.js";

const KEEP = { maxItems: 1_000, maxInFlight: 1, maxWaiting: 60_000 };

const KEEP_USERS = `
  insert into challenge_orchestrator.users (user_id, login_name, enabled, generation, groups)
  select distinct on (user_id) user_id, login_name, enabled, generation,
         array(select jsonb_array_elements_text(groups::jsonb))
    from unnest($1::text[], $2::text[], $3::boolean[], $4::bigint[], $5::text[])
      as told(user_id, login_name, enabled, generation, groups)
   order by user_id, generation desc
      on conflict (user_id) do update
     set login_name = excluded.login_name, enabled = excluded.enabled, generation = excluded.generation,
         groups = excluded.groups
   where users.generation < excluded.generation`;

/** Of two rows with one name the newer user is meant: the older one is about to be told as gone. */
const ID_OF = `
  select user_id from challenge_orchestrator.users where login_name = $1 and login_name <> '' order by generation desc limit 1`;

/** The copy of the users in PostgreSQL: changes of one turn go in one statement, an older one changes nothing. */
export class PostgresUserCopies implements UserCopies, UserNames {
  readonly #db: Database<never>;
  readonly #keeps: Batcher<UserCopy, undefined>;

  constructor(db: Database<never>) {
    this.#db = db;
    this.#keeps = new Batcher((users) => this.#keepAll(users), KEEP);
  }

  async keep(user: UserCopy): Promise<void> {
    await this.#keeps.add(user);
  }

  async idOf(loginName: string): Promise<UserId | undefined> {
    const [row] = await query<{ user_id: UserId }>(this.#db, ID_OF, [loginName]);
    return row?.user_id;
  }

  async #keepAll(users: readonly UserCopy[]): Promise<undefined[]> {
    await query(this.#db, KEEP_USERS, [
      users.map((user) => user.userId),
      users.map((user) => user.loginName),
      users.map((user) => user.enabled),
      users.map((user) => user.generation.toString()),
      // Lists of different lengths are no array of PostgreSQL's, so each is one value of its own.
      users.map((user) => JSON.stringify(user.groups)),
    ]);
    return users.map(() => undefined);
  }
}
