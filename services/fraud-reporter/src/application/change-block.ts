import { type Clock, fail, type KeyedDigest, type Log, ok, type Random, type Result } from "@portcullis/kit";
import { entriesOfChange } from "../domain/fraud-audit.js";
import { type BlockActor, blockByOperator, type UserBlock, untilOf } from "../domain/user-block.js";
import { findUser, type NoUser } from "./find-user.js";
import type { FraudEffects, FraudLedger, FraudSettings, StandingBlock, UserCopies, UserCopy } from "./ports.js";
import { unblockEffects } from "./unblock-effects.js";

const BLOCK_ID_BYTES = 16;

export interface ChangeBlockParts {
  readonly ledger: FraudLedger;
  readonly users: UserCopies;
  readonly settings: FraudSettings;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Called when there is something to be told to the other services. */
  readonly onChange: () => void;
}

/** What an operator says of a user. */
export interface OperatorsWord {
  readonly userName: string;
  readonly reason: string;
  /** Who she is, as her command says. */
  readonly operator: string;
}

export interface BlockedUser {
  readonly user: UserCopy;
  readonly untilMs: number;
}

/** Blocks and unblocks a user by an operator's word. */
export class ChangeBlock {
  readonly #parts: ChangeBlockParts;

  constructor(parts: ChangeBlockParts) {
    this.#parts = parts;
  }

  /** @param days 0: until somebody unblocks her; undefined: as many as a report blocks for */
  async block(word: OperatorsWord, days: number | undefined): Promise<Result<BlockedUser, NoUser>> {
    const { users, settings, clock, random } = this.#parts;
    const found = await findUser(users, word.userName);
    if (!found.ok) return found;
    const { userId } = found.value;
    const fromMs = clock.nowMs();
    const untilMs = untilOf(fromMs, days ?? settings.rules.blockDays);
    const blockId = random.bytes(BLOCK_ID_BYTES).toString("hex");
    const wanted: UserBlock = { blockId, userId, fromMs, untilMs, reason: word.reason, by: operatorOf(word) };
    await this.#change(userId, ({ block, loginName }) => {
      const change = blockByOperator(block, wanted);
      return { change, audit: entriesOfChange({ userName: loginName, standing: block, change, nowMs: fromMs }) };
    });
    this.#parts.log.warn("user.blocked", { userId, untilMs });
    return ok({ user: found.value, untilMs });
  }

  async unblock(word: OperatorsWord): Promise<Result<UserCopy, NoUser | "not-blocked">> {
    const { users, settings, digest, clock, log } = this.#parts;
    const found = await findUser(users, word.userName);
    if (!found.ok) return found;
    const { userId } = found.value;
    const nowMs = clock.nowMs();
    const end = { atMs: nowMs, by: operatorOf(word), reason: word.reason };
    const { rules } = settings;
    const changed = await this.#change(userId, ({ block, loginName }) =>
      block === undefined ? undefined : unblockEffects({ block, loginName, end, rules, digest, nowMs }),
    );
    if (!changed) return fail("not-blocked");
    log.warn("user.unblocked", { userId });
    return ok(found.value);
  }

  async #change(userId: string, effectsOf: (standing: StandingBlock) => FraudEffects | undefined): Promise<boolean> {
    const changed = await this.#parts.ledger.change(userId, effectsOf);
    if (changed) this.#parts.onChange();
    return changed;
  }
}

const operatorOf = ({ operator }: OperatorsWord): BlockActor => ({ kind: "operator", name: operator });
