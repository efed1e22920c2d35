import { type Clock, type KeyedDigest, Unavailable } from "@portcullis/kit";
import {
  DUE_GRACE_MS,
  decodeOutcome,
  decodeWaitingExchange,
  encodeWaitingExchange,
  isAccessListName,
  type LoginId,
  type LoginOutcome,
  type Opened,
  type PendingStore,
  PLAIN_REPLY,
  type Reply,
  type ResultCode,
  userKeyOf,
} from "@portcullis/login";
import { asksForFactors, type SecondFactor, secondFactorOf } from "../domain/policy.js";
import type { PrimaryDecision } from "../domain/primary-decision.js";
import { ACCEPT, unavailableReply } from "../domain/replies.js";
import type { ChallengeSettings } from "../domain/settings.js";
import type { AnswerAtOnce } from "./answer-at-once.js";
import type { ConcludeExchange } from "./conclude-exchange.js";
import type { ConcludeHeld } from "./conclude-held.js";
import { type Conversations, conversationEntry } from "./conversations.js";
import { exchangeEntry, loginEntry } from "./due-entries.js";
import type { FinalReplies } from "./final-replies.js";
import type { HoldLogin } from "./hold-login.js";
import { outcomeOf } from "./outcomes.js";
import type { ClientRules, Clients, Factors } from "./ports.js";
import type { Prompts } from "./prompts.js";

export interface OpenChallengeParts {
  readonly store: PendingStore;
  readonly clients: Clients;
  readonly factors: Factors;
  readonly prompts: Prompts;
  readonly conversations: Conversations;
  readonly holdLogin: HoldLogin;
  readonly answerAtOnce: AnswerAtOnce;
  readonly conclude: ConcludeExchange;
  readonly concludeHeld: ConcludeHeld;
  readonly finalReplies: FinalReplies;
  readonly settings: ChallengeSettings;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
}

const TARGET_UNAVAILABLE = "FAILED_TARGET_UNAVAILABLE";

type OpenChallengeResult = Opened & { readonly kind: "opened" };
type Asked = Exclude<SecondFactor["kind"], "end">;
type JoinedLogin = Opened & { readonly kind: "joined" };

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
    if (!isFurther(decision)) return this.#ask(next.kind, decision, client);
    if (!(await this.#handOver(decision))) return this.#refuse(decision);
    await this.#ask(next.kind, decision, client);
    await this.#parts.conversations.handedOver(decision);
  }

  async #ask(how: Asked, decision: PrimaryDecision, client: ClientRules): Promise<void> {
    switch (how) {
      case "hold": {
        const resultCode = await this.#parts.holdLogin.execute(decision, client);
        if (resultCode !== undefined) await this.#end(decision, resultCode);
        return;
      }
      case "check":
        return this.#answerAtOnce(decision, client);
      case "prompt":
        return this.#prompt(decision, client);
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

  async #secondFactor(decision: PrimaryDecision, client: ClientRules): Promise<SecondFactor> {
    const { userKnown: known, identityUnproven, credential, sealedCode } = decision;
    const factors = asksForFactors(client, { known }) ? await this.#parts.factors.find(decision.userId) : undefined;
    const enrolled = (factors?.tokens.length ?? 0) > 0;
    if (credential === "acl-download" && !this.#isOfAccessList(decision)) {
      throw new Error("A login says that it is the download of an access list and has another name.");
    }
    const standing = { known, identityUnproven, enabled: factors?.enabled ?? true, enrolled };
    return secondFactorOf(client, standing, { credential, hasCode: sealedCode !== undefined });
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

  async #answerAtOnce(decision: PrimaryDecision, client: ClientRules): Promise<void> {
    const answered = await this.#parts.answerAtOnce.execute(decision, client);
    switch (answered.kind) {
      case "decided":
        return;
      case "refused":
        return this.#end(decision, "FAILED_AUTHENTICATION_THROTTLED");
      case "ended":
        return this.#endedBefore(decision, answered.outcome, answered.loginId);
    }
  }

  async #prompt(decision: PrimaryDecision, client: ClientRules, replacing?: LoginId): Promise<void> {
    const opened = await this.#open(decision, client, replacing);
    switch (opened.kind) {
      case "opened":
        return this.#opened(decision, opened);
      case "joined":
        if (await this.#join(decision, opened)) return;
        if (replacing !== undefined) throw new Unavailable("A login was opened beside this one; asked again.");
        return this.#prompt(decision, client, opened.loginId);
      case "refused":
        return this.#end(decision, "FAILED_AUTHENTICATION_THROTTLED");
      case "ended":
        return this.#endedBefore(decision, opened.outcome);
    }
  }

  /** @param replacing a login that must not be joined */
  #open(decision: PrimaryDecision, client: ClientRules, replacing: LoginId | undefined): Promise<Opened> {
    const { store, settings } = this.#parts;
    const { context, userId, credentialDigest } = decision;
    return store.open({
      userId,
      loginId: context.loginId,
      client: context.client,
      station: context.station,
      credentialDigest,
      lifetimeMs: client.challengeTimeLimitMs,
      keepMs: settings.keepMs,
      maxTries: settings.maxTries,
      maxOpen: settings.maxOpen,
      lockout: settings.lockout,
      prompt: this.#firstPrompt(decision, client),
      context: encodeWaitingExchange(decision),
      joinWithoutStation: client.joinWithoutStation,
      ...(replacing === undefined ? {} : { replacing }),
    });
  }

  /**
   * From here on the exchange is a part of the other login: it ends with that one and has no audit row of its own. So that
   * one must have none yet: whoever opened it may have died before the first exchange got its prompt, and its time may
   * have run out. It gets its prompt now, or has had its end.
   * @returns false when the login has had its end
   */
  async #join(
    { context }: PrimaryDecision,
    { loginId, prompt, expiresAtMs, context: opening }: JoinedLogin,
  ): Promise<boolean> {
    const { prompts, conclude } = this.#parts;
    const reply = prompts.openPrompt(loginId, prompt, this.#until(expiresAtMs));
    const { context: first } = decodeWaitingExchange(opening);
    const told = await conclude.tell(first, reply);
    if (told.kind === "decided" && told.outcome !== undefined) return false;
    await conclude.execute({ context, reply, ended: [], done: [exchangeEntry(context), exchangeEntry(first)] });
    return true;
  }

  #firstPrompt({ context, userId }: PrimaryDecision, client: ClientRules): Uint8Array {
    const { loginId, userKey } = context;
    const remainingSeconds = Math.floor(client.challengeTimeLimitMs / 1_000);
    return this.#parts.prompts.seal({ loginId, userId, client: context.client, userKey, round: 1, remainingSeconds });
  }

  async #opened({ context }: PrimaryDecision, opened: OpenChallengeResult): Promise<void> {
    const { prompts, conclude, concludeHeld } = this.#parts;
    const reply = prompts.openPrompt(context.loginId, opened.prompt, this.#until(opened.expiresAtMs));
    await conclude.execute({ context, reply, ended: [], done: [exchangeEntry(context)] });
    for (const login of opened.superseded) await concludeHeld.superseded(login);
  }

  /** The login had its challenge and its end before: the same again for this exchange, and no new end. */
  async #endedBefore(
    decision: PrimaryDecision,
    stored: Uint8Array | undefined,
    loginId = decision.context.loginId,
  ): Promise<void> {
    const { conclude, finalReplies } = this.#parts;
    const { context, userId } = decision;
    if (stored === undefined) {
      // Its time was over, or another login took its place; whoever did that announces it.
      const reply = finalReplies.reject(decision, context.claimedAtMs);
      return conclude.execute({ context, reply, ended: [], done: [exchangeEntry(context)] });
    }
    const outcome = decodeOutcome(stored);
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

  #until(expiresAtMs: number): { expiresAtMs: number; nowMs: number } {
    return { expiresAtMs, nowMs: this.#parts.clock.nowMs() };
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
