import { type Database, query } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { BlockCopies, BlockCopy } from "../../application/factor-ports.js";

const KEEP = `
  insert into challenge_orchestrator.users as known (user_id, blocked_until_ms, block_generation) values ($1, $2, $3)
      on conflict (user_id) do update
     set blocked_until_ms = excluded.blocked_until_ms, block_generation = excluded.block_generation
   where known.block_generation < excluded.block_generation`;

const LIST = `
  select user_id, blocked_until_ms::float8 as until_ms, block_generation::text as generation
    from challenge_orchestrator.users
   where blocked_until_ms is not null`;

interface BlockRow {
  readonly user_id: UserId;
  readonly until_ms: number;
  readonly generation: string;
}

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

  async list(): Promise<readonly BlockCopy[]> {
    const rows = await query<BlockRow>(this.#db, LIST, []);
    return rows.map(({ user_id: userId, until_ms: untilMs, generation }) => {
      const blockedUntilMs = untilMs === 0 ? Number.POSITIVE_INFINITY : untilMs;
      return { userId, blockedUntilMs, generation: BigInt(generation) };
    });
  }
}
