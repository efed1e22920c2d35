import type { StateRecord } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { UserBlockChanged } from "@portcullis/proto";
import type { BlockCopy } from "../../application/factor-ports.js";
import type { Blocks } from "../../application/ports.js";

/** Which users are blocked, in this process: those of the database at its start, and what was told since then. */
export class BlockRegistry implements Blocks {
  readonly #blocks = new Map<UserId, BlockCopy>();

  constructor(known: readonly BlockCopy[]) {
    for (const block of known) this.#keep(block);
  }

  blockedUntilMs(userId: UserId): number | undefined {
    return this.#blocks.get(userId)?.blockedUntilMs;
  }

  take({ state }: StateRecord<UserBlockChanged>): void {
    // Nobody removes a block's record: one who is not blocked any more is said to be so.
    if (state !== undefined) this.#keep(blockOf(state));
  }

  /** Only who is blocked takes room, and whoever was since this process has begun. */
  #keep(block: BlockCopy): void {
    const known = this.#blocks.get(block.userId);
    if (known !== undefined && block.generation < known.generation) return;
    this.#blocks.set(block.userId, block);
  }
}

export function blockOf({ userId, blocked, untilMs, generation }: UserBlockChanged): BlockCopy {
  return { userId: userId as UserId, blockedUntilMs: blockedUntil(blocked, untilMs), generation };
}

function blockedUntil(blocked: boolean, untilMs: bigint): number | undefined {
  if (!blocked) return undefined;
  return untilMs === 0n ? Number.POSITIVE_INFINITY : Number(untilMs);
}
