import { type Clock, type KeyedDigest, Unavailable } from "@portcullis/kit";
import {
  DUE_GRACE_MS,
  decodeOutcome,
  isAccessListName,
  type LoginId,
  type LoginOutcome,
  type PendingStore,
  PLAIN_REPLY,
  type Reply,
  type ResultCode,
  userKeyOf,
} from "@portcullis/login";
import { type Decision, decide, dependsOnUser } from "../domain/policy.js";
import type { PrimaryDecision } from "../domain/primary-decision.js";
import { ACCEPT, unavailableReply } from "../domain/replies.js";
import type { AnswerAtOnce } from "./answer-at-once.js";
import type { Asked, AskUser } from "./ask-user.js";
import type { ConcludeExchange } from "./conclude-exchange.js";
import { type Conversations, conversationEntry } from "./conversations.js";
import { exchangeEntry, loginEntry } from "./due-entries.js";
import type { FinalReplies } from "./final-replies.js";
import type { MakeChallenge } from "./make-challenge.js";
import { outcomeOf } from "./outcomes.js";
import type { Blocks, ClientRules, Clients, Factors } from "./ports.js";

export interface OpenChallengeParts {
  readonly store: PendingStore;
  readonly clients: Clients;
  readonly factors: Factors;
  readonly blocks: Blocks;
  readonly conversations: Conversations;
  readonly makeChallenge: MakeChallenge;
  readonly askUser: AskUser;
  readonly answerAtOnce: AnswerAtOnce;
  readonly conclude: ConcludeExchange;
  readonly finalReplies: FinalReplies;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
}

const TARGET_UNAVAILABLE = "FAILED_TARGET_UNAVAILABLE";

/** A login that goes on, in one of the ways to ask. */
type Asking = Extract<Decision, { kind: "ask" | "check" }>;

/**
 * The first factor is decided: the login ends with it, goes on with the target, or a challenge is opened. Called again it
 * finds the challenge or the end of the first time. Rejects with `Unavailable` when a store is away.
 */
export class OpenChallenge {
  readonly #parts: OpenChallengeParts;

  constructor(parts: OpenChallengeParts) {
    this.#parts = parts;
  }

  async execute(decision: PrimaryDecision): Promise<void> {
    // After its deadline nobody is prompted; the sweep of what is overdue ends the login.
    if (this.#parts.clock.nowMs() > latestOf(decision)) return;
    if (isFurther(decision) && !(await this.#parts.conversations.isCurrent(decision))) return this.#refuse(decision);
    if (decision.result.kind === "refused") return this.#end(decision, decision.result.resultCode);
    const client = this.#parts.clients.find(decision.context.client);
    // The gateway knows the client, so our copy of the configuration is behind: nothing may be concluded from that.
    if (client === undefined) throw new Unavailable("The client of a login is not known here (yet).");
    if (decision.result.kind === "challenged") return this.#goOn(decision, client);
    const next = await this.#secondFactor(decision, client);
    if (next.kind === "end") return this.#end(decision, next.resultCode);
    if (!isFurther(decision)) return this.#ask(next, decision, client);
    if (!(await this.#handOver(decision))) return this.#refuse(decision);
    await this.#ask(next, decision, client);
    await this.#parts.conversations.handedOver(decision);
  }

  async #ask(asking: Asking, decision: PrimaryDecision, client: ClientRules): Promise<void> {
    if (asking.kind === "check") return this.#answerAtOnce(decision, client, asking);
    const asked = await this.#parts.askUser.execute(decision, client, asking);
    switch (asked.kind) {
      case "asked":
        return;
      case "ends":
        return this.#end(decision, asked.resultCode);
      case "ended":
        return this.#endedBefore(decision, asked);
    }
  }

  /** What was a conversation with the target goes on as a login of the user; where it has ended, that end stands. */
  #handOver(decision: PrimaryDecision): Promise<boolean> {
    const { context, userId, userKnown } = decision;
    const resultCode = "FAILED_DEADLINE_EXCEEDED";
    const lost = outcomeOf({ context, userId, userKnown, resultCode }, this.#parts.clock.nowMs());
    return this.#parts.conversations.handOver(decision, lost);
  }

  /** A round of a login that is over: rejected, and nothing ends with it. */
  async #refuse(decision: PrimaryDecision): Promise<void> {
    const { context } = decision;
    const reply = this.#parts.finalReplies.reject(decision, context.claimedAtMs);
    await this.#parts.conclude.execute({ context, reply, ended: [], done: [] });
  }

  /** How the login goes on, or what it ends in: by the policy, a bypass that is hers, or a login before it that is remembered. */
  async #secondFactor(
    decision: PrimaryDecision,
    client: ClientRules,
  ): Promise<Asking | { readonly kind: "end"; readonly resultCode: ResultCode }> {
    const { factors, clock } = this.#parts;
    const { userKnown: known, identityUnproven, credential, sealedCode, context } = decision;
    if (credential === "acl-download" && !this.#isOfAccessList(decision)) {
      throw new Error("A login says that it is the download of an access list and has another name.");
    }
    const isAsked = known && dependsOnUser(client);
    const user = {
      known,
      identityUnproven,
      blockedUntilMs: this.#parts.blocks.blockedUntilMs(decision.userId),
      factors: isAsked ? await factors.find(decision.userId) : undefined,
    };
    const proof = { credential, hasCode: sealedCode !== undefined, station: context.station, nowMs: clock.nowMs() };
    const next = decide(client, user, proof);
    switch (next.kind) {
      case "end":
        return next;
      case "bypass": {
        const { loginId } = context;
        // Somebody else was faster, so it is gone: she is asked, as if it had never been.
        if (!(await factors.useBypass({ bypassId: next.bypassId, loginId }))) {
          throw new Unavailable("A bypass was used by another login; asked again.");
        }
        return { kind: "end", resultCode: "SUCCESS_BYPASSED_AUTH" };
      }
      case "ask":
      case "check":
        return (await this.#remembered(decision, client, next)) ?? next;
    }
  }

  async #remembered(
    decision: PrimaryDecision,
    client: ClientRules,
    asking: Asking,
  ): Promise<{ readonly kind: "end"; readonly resultCode: ResultCode } | undefined> {
    const { store, makeChallenge } = this.#parts;
    const { userId, context } = decision;
    const { reconnect, cache } = makeChallenge.scopes(decision, client, asking);
    if (reconnect.length + cache.length === 0) return undefined;
    const login = { userId, loginId: context.loginId, beganAtMs: context.claimedAtMs };
    const scope = await store.recall({ ...login, scopes: [...reconnect, ...cache] });
    if (scope === undefined) return undefined;
    return { kind: "end", resultCode: reconnect.includes(scope) ? "SUCCESS_RECONNECTED" : "SUCCESS_USED_CACHE" };
  }

  /**
   * An access list passes without a second factor, so the event alone is not believed: its exchange is found under the keyed
   * digest of the name that the gateway read, and only that of an access list will do.
   */
  #isOfAccessList({ context: { userName, userKey } }: PrimaryDecision): boolean {
    return isAccessListName(userName) && userKeyOf(this.#parts.digest, userName) === userKey;
  }

  async #goOn(decision: PrimaryDecision, client: ClientRules): Promise<void> {
    if (!(await this.#parts.conversations.goOn(decision, client))) await this.#end(decision, "FAILED_REQUEST_INVALID");
  }

  async #answerAtOnce(decision: PrimaryDecision, client: ClientRules, asking: Asking): Promise<void> {
    const { makeChallenge, answerAtOnce } = this.#parts;
    const challenge = makeChallenge.first({ decision, client, asking, way: asking.ways[0] });
    const answered = await answerAtOnce.execute(decision, client, challenge);
    switch (answered.kind) {
      case "decided":
        return;
      case "refused":
        return this.#end(decision, "FAILED_AUTHENTICATION_THROTTLED");
      case "ended": {
        const outcome = answered.outcome && decodeOutcome(answered.outcome);
        return this.#endedBefore(decision, { kind: "ended", outcome }, answered.loginId);
      }
    }
  }

  /** The login had its challenge and its end before: the same again for this exchange, and no new end. */
  async #endedBefore(
    decision: PrimaryDecision,
    { outcome }: Asked & { readonly kind: "ended" },
    loginId: LoginId = decision.context.loginId,
  ): Promise<void> {
    const { conclude, finalReplies } = this.#parts;
    const { context, userId } = decision;
    if (outcome === undefined) {
      // Its time was over, or another login took its place; whoever did that announces it.
      const reply = finalReplies.reject(decision, context.claimedAtMs);
      return conclude.execute({ context, reply, ended: [], done: [exchangeEntry(context)] });
    }
    const reply = await finalReplies.replyFor(outcome, decision, context.claimedAtMs);
    const done = [exchangeEntry(context), loginEntry({ userId, loginId })];
    return conclude.execute({ context, reply, ended: [outcome], done });
  }

  /** Ends a login that gets no challenge of ours. */
  async #end(decision: PrimaryDecision, resultCode: ResultCode): Promise<void> {
    const { conclude, conversations } = this.#parts;
    const { context } = decision;
    const end = this.#endOf(decision, resultCode);
    if (!isFurther(decision)) {
      const reply = await this.#replyFor(decision, end);
      return conclude.execute({ context, reply, end, ended: [], done: [exchangeEntry(context)] });
    }
    const stands = await conversations.end(decision, end);
    if (stands === undefined) return this.#refuse(decision);
    const reply = await this.#replyFor(decision, stands);
    return conclude.execute({ context, reply, ended: [stands], done: [conversationEntry(decision)] });
  }

  #endOf({ context, userId, userKnown }: PrimaryDecision, resultCode: ResultCode): LoginOutcome {
    const { clients, clock } = this.#parts;
    const rejects = clients.find(context.client)?.whenTargetUnavailable === "reject";
    const verdict = resultCode === TARGET_UNAVAILABLE && rejects ? ({ verdict: "reject" } as const) : {};
    return outcomeOf({ context, userId, userKnown, resultCode, ...verdict }, clock.nowMs());
  }

  async #replyFor(decision: PrimaryDecision, end: LoginOutcome): Promise<Reply> {
    const { finalReplies } = this.#parts;
    const { resultCode } = end;
    // The target's own reject passes at once, with what it says.
    if (resultCode === "FAILED_PRIMARY_REJECTED" && decision.sealedAttributes !== undefined) {
      return finalReplies.targets(decision, { ...PLAIN_REPLY, verdict: "reject" });
    }
    // An access list is what the target says and nothing else.
    if (resultCode === "SUCCESS_ACL_DOWNLOAD") return finalReplies.targets(decision, ACCEPT);
    const { claimedAtMs, deadlineMs } = decision.context;
    if (resultCode === TARGET_UNAVAILABLE && end.verdict === "reject") return unavailableReply(deadlineMs);
    return finalReplies.replyFor(end, decision, claimedAtMs);
  }
}

/**
 * A target that was asked until the very deadline is told of a moment later, and before anybody sweeps what is overdue: its
 * login ends in that code, and its client hears what it shall hear then.
 */
function latestOf({ context, result }: PrimaryDecision): number {
  const isAway = result.kind === "refused" && result.resultCode === TARGET_UNAVAILABLE;
  return context.deadlineMs + (isAway ? DUE_GRACE_MS : 0);
}

/** A further round of a login that the target has challenged before. */
function isFurther({ conversation }: PrimaryDecision): boolean {
  return conversation?.further === true;
}
