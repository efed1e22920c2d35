import type { Clock, KeyedDigest, Log } from "@portcullis/kit";
import { endByTime, hasRunOut } from "../domain/user-block.js";
import type { FraudLedger, FraudSettings } from "./ports.js";
import { unblockEffects } from "./unblock-effects.js";

/** Who asks looks at the time as well: this one only writes down and tells what has happened by itself. */
const EVERY_MS = 30_000;
const MAX_AT_ONCE = 100;

export interface EndBlocksParts {
  readonly ledger: FraudLedger;
  readonly settings: FraudSettings;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when there is something to be told to the other services. */
  readonly onChange: () => void;
}

/** Ends the blocks whose time is over. As a provider, Nest calls it at the start and at the end. */
export class EndBlocks {
  readonly #parts: EndBlocksParts;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: EndBlocksParts) {
    this.#parts = parts;
  }

  onApplicationBootstrap(): void {
    void this.execute();
    this.#timer = setInterval(() => void this.execute(), EVERY_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** One turn; what is left is for the next. Never rejects. */
  async execute(): Promise<void> {
    const { ledger, clock, log, onChange } = this.#parts;
    try {
      const nowMs = clock.nowMs();
      const userIds = await ledger.runOut(nowMs, MAX_AT_ONCE);
      for (const userId of userIds) if (await this.#end(userId, nowMs)) log.info("user.block_ended", { userId });
      if (userIds.length > 0) onChange();
    } catch (error) {
      log.warn("blocks.not_ended", { error }); // Tried again with the next turn.
    }
  }

  #end(userId: string, nowMs: number): Promise<boolean> {
    const { ledger, settings, digest } = this.#parts;
    return ledger.change(userId, ({ block, loginName }) => {
      // Somebody may have blocked her anew since it was looked up.
      if (block === undefined || !hasRunOut(block, nowMs)) return undefined;
      return unblockEffects({ block, loginName, end: endByTime(block), rules: settings.rules, digest, nowMs });
    });
  }
}
