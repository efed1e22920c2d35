import type { Migrations } from "@portcullis/kit";
import { sql } from "kysely";

export const SCHEMA = "authn_primary";

/** Two tables, since a user and her password arrive from two places in any order. */
export const migrations: Migrations = {
  "001-users-and-passwords": {
    up: async (db) => {
      await sql`
        create table authn_primary.users (
          user_id text primary key,
          login_name text not null unique,
          enabled boolean not null,
          generation bigint not null
        )`.execute(db);
      await sql`
        create table authn_primary.passwords (
          user_id text primary key,
          hash text not null,
          source text not null
        )`.execute(db);
      await sql`create table authn_primary.imports (source text primary key, digest text not null)`.execute(db);
    },
  },
  "002-learnt-servers": {
    up: async (db) => {
      await sql`
        create table authn_primary.learnt_servers (
          target text not null,
          server text not null,
          primary key (target, server)
        )`.execute(db);
    },
  },
};
