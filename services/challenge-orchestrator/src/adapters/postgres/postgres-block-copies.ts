import { type Database, query } from "@portcullis/kit";
import type { BlockCopies, BlockCopy } from "../../application/factor-ports.js";

const KEEP = `
  insert into challenge_orchestrator.users as known (user_id, blocked_until_ms, block_generation) values ($1, $2, $3)
      on conflict (user_id) do update
     set blocked_until_ms = excluded.blocked_until_ms, block_generation = excluded.block_generation
   where known.block_generation < excluded.block_generation`;

/** The copy of the blocks in PostgreSQL, each in the row of its user, where a login looks. */
export class PostgresBlockCopies implements BlockCopies {
  readonly #db: Database<never>;

  constructor(db: Database<never>) {
    this.#db = db;
  }

  async keep({ userId, blockedUntilMs, generation }: BlockCopy): Promise<void> {
    const until =
      blockedUntilMs === undefined ? null : Number.isFinite(blockedUntilMs) ? Math.round(blockedUntilMs) : 0;
    await query(this.#db, KEEP, [userId, until, generation.toString()]);
  }
}
