import type { Migrations } from "@portcullis/kit";
import { sql } from "kysely";

export const SCHEMA = "directory_sync";

/** `published_generation` is behind `generation` until the user, as she is now, was announced. */
export const migrations: Migrations = {
  "001-users": {
    up: async (db) => {
      await sql`
        create table directory_sync.users (
          user_id text primary key,
          name text not null,
          login_name text not null unique,
          enabled boolean not null,
          source text not null,
          removed boolean not null default false,
          generation bigint not null default 1,
          published_generation bigint not null default 0
        )`.execute(db);
      await sql`
        create index users_unpublished on directory_sync.users (user_id)
          where generation > published_generation`.execute(db);
      await sql`create table directory_sync.imports (source text primary key, digest text not null)`.execute(db);
    },
  },
  "002-groups": {
    up: async (db) => {
      await sql`alter table directory_sync.users add column groups text[] not null default '{}'`.execute(db);
    },
  },
  // Where the bus keeps nothing, fraud-reporter, which came later, gets its copy by everybody's being announced once more.
  "003-announce-again": {
    up: async (db) => {
      await sql`update directory_sync.users set published_generation = 0`.execute(db);
    },
  },
};
