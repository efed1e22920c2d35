import type { Clock } from "@portcullis/kit";
import {
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
import type { ConcludeExchange, Conclusion } from "./conclude-exchange.js";
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
/** It went on as a login of the user whom the target named: nothing to announce. */
const HANDED_OVER = new Uint8Array(0);
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
   * The end of a login that the target has challenged before.
   * @returns the end that stands; "over" when its time was over, "new" when the target has not challenged it yet
   */
  async end(decision: PrimaryDecision, outcome: LoginOutcome): Promise<LoginOutcome | "over" | "new"> {
    const { store, settings } = this.#parts;
    const ref = refOf(decision);
    const finished = await store.finish({ ...ref, outcome: encodeOutcome(outcome), keepMs: settings.keepMs });
    if (finished.kind === "finished") return finished.outcome.length > 0 ? decodeOutcome(finished.outcome) : "over";
    return (await store.inspectLogin(ref)).kind === "unknown" ? "new" : "over";
  }

  /** What follows from that end; one whose time was over is announced by whoever notices. */
  conclusionOf(decision: PrimaryDecision, stands: LoginOutcome | "over"): Pick<Conclusion, "ended" | "done"> {
    const { context } = decision;
    if (stands === "over") return { ended: [], done: [exchangeEntry(context)] };
    return { ended: [stands], done: [exchangeEntry(context), loginEntry(refOf(decision))] };
  }

  /** The login goes on as one of the user; it has its own entry by now. */
  async handOver(decision: PrimaryDecision): Promise<void> {
    const { store, settings } = this.#parts;
    const ref = refOf(decision);
    await store.finish({ ...ref, outcome: HANDED_OVER, keepMs: settings.keepMs });
    await store.removeDue([loginEntry(ref)]);
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

function refOf({ context }: PrimaryDecision): LoginRef {
  return { userId: context.userKey as string as UserId, loginId: context.loginId };
}
