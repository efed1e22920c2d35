import { Batcher, type Database, query } from "@portcullis/kit";
import type { Users } from "../../application/ports.js";
import type { DeviceUser } from "../../domain/device.js";
import { USER_COLUMNS, type UserRow, userOf } from "./device-row.js";

const KEEP = { maxItems: 1_000, maxInFlight: 1, maxWaiting: 60_000 };
const KEEP_USERS = `
  insert into mobile.users (user_id, name, login_name, enabled, generation)
  select distinct on (user_id) user_id, name, login_name, enabled, generation
    from unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::bigint[])
      as told(user_id, name, login_name, enabled, generation)
   order by user_id, generation desc
      on conflict (user_id) do update
     set name = excluded.name, login_name = excluded.login_name, enabled = excluded.enabled,
         generation = excluded.generation
   where users.generation < excluded.generation`;
/** Of users who had one name after the other, the one who may log in; else the one of the last change. */
const BY_LOGIN_NAME = `
  select person.user_id, ${USER_COLUMNS} from mobile.users as person
   where person.login_name = $1 order by person.enabled desc, person.generation desc limit 1`;

type KeptUser = Parameters<Users["keep"]>[0];

/** The copy of the users in PostgreSQL: changes of one turn go in one statement, an older one changes nothing. */
export class PostgresUsers implements Users {
  readonly #db: Database<never>;
  readonly #keeps: Batcher<KeptUser, undefined>;

  constructor(db: Database<never>) {
    this.#db = db;
    this.#keeps = new Batcher((users) => this.#keepAll(users), KEEP);
  }

  async keep(user: KeptUser): Promise<void> {
    await this.#keeps.add(user);
  }

  async findByLoginName(loginName: string): Promise<DeviceUser | undefined> {
    const [row] = await query<UserRow>(this.#db, BY_LOGIN_NAME, [loginName]);
    return row && userOf(row);
  }

  async #keepAll(users: readonly KeptUser[]): Promise<undefined[]> {
    await query(this.#db, KEEP_USERS, [
      users.map((user) => user.userId),
      users.map((user) => user.name),
      users.map((user) => user.loginName),
      users.map((user) => user.enabled),
      users.map((user) => user.generation.toString()),
    ]);
    return users.map(() => undefined);
  }
}
