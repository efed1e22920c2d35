import type { Clock } from "@portcullis/kit";
import {
  type DueEntry,
  decodeOutcome,
  encodeOutcome,
  encodeWaitingExchange,
  type LoginOutcome,
  type LoginRef,
  type PendingStore,
  PLAIN_REPLY,
  type Reply,
  type StateSealer,
  type UserId,
} from "@portcullis/login";
import type { PrimaryDecision } from "../domain/primary-decision.js";
import type { ChallengeSettings } from "../domain/settings.js";
import type { ConcludeExchange } from "./conclude-exchange.js";
import { exchangeEntry, loginEntry } from "./due-entries.js";
import type { FinalReplies } from "./final-replies.js";
import type { ClientRules } from "./ports.js";

export interface ConversationsParts {
  readonly store: PendingStore;
  readonly states: StateSealer;
  readonly conclude: ConcludeExchange;
  readonly finalReplies: FinalReplies;
  readonly settings: ChallengeSettings;
  readonly clock: Clock;
}

const NO_PROMPT = new Uint8Array(0);
/** Side by side of one user, or one station. */
const MAX_CONVERSATIONS = 64;

/**
 * Logins that a target answers with challenges of its own: EAP rounds, or a code that it asks for. Such a login is kept
 * under the user key, since who the user is only shows at its end, so that it ends in a result code also when the client
 * says no more.
 */
export class Conversations {
  readonly #parts: ConversationsParts;

  constructor(parts: ConversationsParts) {
    this.#parts = parts;
  }

  /**
   * The target's challenge goes to the client, under a State of ours that leads back to the server.
   * @returns false when it cannot: the target's State is too long, or there are too many
   */
  async goOn(decision: PrimaryDecision, client: ClientRules): Promise<boolean> {
    const { conclude } = this.#parts;
    const { context } = decision;
    const reply = this.#challengeOf(decision);
    if (reply === undefined) return false;
    const opened = await this.#keep(decision, client);
    if (opened === "refused") return false;
    const told = opened === "opened" ? reply : this.#parts.finalReplies.reject(decision, context.claimedAtMs);
    await conclude.execute({ context, reply: told, ended: [], done: [exchangeEntry(context)] });
    return true;
  }

  /**
   * Whether a further round is one of a login that goes on. A State is good for as long as its key, so whoever kept one could
   * come with it again: after the end only the exchange that ended the login gets that end once more.
   */
  async isCurrent(decision: PrimaryDecision): Promise<boolean> {
    const status = await this.#parts.store.inspectLogin(refOf(decision));
    if (status.kind === "ended") return status.outcome !== undefined && isEndOf(status.outcome, decision);
    return status.kind === "open";
  }

  /**
   * The end of a login that the target has challenged before.
   * @returns whether it is this exchange's; else the login has ended otherwise, or its time was over
   */
  async end(decision: PrimaryDecision, outcome: LoginOutcome): Promise<LoginOutcome | undefined> {
    const stored = await this.#finish(decision, encodeOutcome(outcome));
    if (stored === undefined) return undefined;
    return isHandedOver(stored) ? outcome : decodeOutcome(stored);
  }

  /**
   * The login goes on as one of the user whom the target named; before that one is opened, so that one exchange only does it.
   * The entry of the due index stays until it is open: `lost` is what the login ends in when it never is.
   * @returns false when another exchange was faster, or the login's time was over
   */
  async handOver(decision: PrimaryDecision, lost: LoginOutcome): Promise<boolean> {
    return (await this.#finish(decision, handedOver(lost))) !== undefined;
  }

  /** The user's login has its own entry by now, or its end. */
  async handedOver(decision: PrimaryDecision): Promise<void> {
    await this.#parts.store.removeDue([loginEntry(refOf(decision))]);
  }

  /** @returns how it ended, if this exchange has ended it, now or before */
  async #finish(decision: PrimaryDecision, outcome: Uint8Array): Promise<Uint8Array | undefined> {
    const { store, settings } = this.#parts;
    const finished = await store.finish({ ...refOf(decision), outcome, keepMs: settings.keepMs });
    return finished.kind === "finished" && isEndOf(finished.outcome, decision) ? finished.outcome : undefined;
  }

  #challengeOf(decision: PrimaryDecision): Reply | undefined {
    const { states, finalReplies } = this.#parts;
    const { context, conversation } = decision;
    if (conversation === undefined) return undefined;
    const { loginId, client, userKey } = context;
    const state = states.seal({ kind: "conversation", loginId, ...conversation }, { client, userKey });
    return state && finalReplies.targets(decision, { ...PLAIN_REPLY, verdict: "challenge", state });
  }

  async #keep(decision: PrimaryDecision, client: ClientRules): Promise<"opened" | "ended" | "refused"> {
    const { store, settings } = this.#parts;
    const { context } = decision;
    const opened = await store.open({
      ...refOf(decision),
      client: context.client,
      station: "",
      credentialDigest: context.loginId,
      lifetimeMs: client.challengeTimeLimitMs,
      keepMs: settings.keepMs,
      maxTries: 1,
      maxOpen: MAX_CONVERSATIONS,
      lockout: { maxFailures: Number.MAX_SAFE_INTEGER, windowMs: settings.lockout.windowMs },
      prompt: NO_PROMPT,
      context: encodeWaitingExchange(decision),
    });
    return opened.kind === "opened" || opened.kind === "ended" ? opened.kind : "refused";
  }
}

/** Where the due index has a login that the target has challenged. */
export function conversationEntry(decision: PrimaryDecision): DueEntry {
  return loginEntry(refOf(decision));
}

/** Begins no message. */
const HANDED_OVER = 0;

function handedOver(lost: LoginOutcome): Uint8Array {
  return Buffer.concat([Uint8Array.of(HANDED_OVER), encodeOutcome(lost)]);
}

export function isHandedOver(outcome: Uint8Array): boolean {
  return outcome[0] === HANDED_OVER;
}

/** What a login that was handed over ends in when the user's never was opened. */
export function lostOutcomeOf(outcome: Uint8Array): LoginOutcome {
  return decodeOutcome(outcome.subarray(1));
}

function isEndOf(outcome: Uint8Array, { context }: PrimaryDecision): boolean {
  const end = isHandedOver(outcome) ? lostOutcomeOf(outcome) : decodeOutcome(outcome);
  return end.context.exchangeId === context.exchangeId;
}

function refOf({ context }: PrimaryDecision): LoginRef {
  return { userId: context.userKey as string as UserId, loginId: context.loginId };
}
