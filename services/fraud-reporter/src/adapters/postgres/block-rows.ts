import type { BlockActor, UserBlock } from "../../domain/user-block.js";

export const BLOCK_COLUMNS = `block.block_id, block.user_id, block.from_ms::text, block.until_ms::text, block.reason,
  block.by_kind, block.by_name`;

export interface BlockRow {
  readonly block_id: string;
  readonly user_id: string;
  readonly from_ms: string;
  readonly until_ms: string;
  readonly reason: string;
  readonly by_kind: string;
  readonly by_name: string;
}

export function blockOf(row: BlockRow): UserBlock {
  return {
    blockId: row.block_id,
    userId: row.user_id,
    fromMs: Number(row.from_ms),
    untilMs: Number(row.until_ms),
    reason: row.reason,
    by: actorOf(row.by_kind, row.by_name),
  };
}

export function actorOf(kind: string, name: string): BlockActor {
  return kind === "report" || kind === "operator" ? { kind, name } : { kind: "time" };
}

export const nameOf = (actor: BlockActor): string => (actor.kind === "time" ? "" : actor.name);
