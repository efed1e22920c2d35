import { type Clock, type Random, Unavailable } from "@portcullis/kit";
import {
  type DueEntry,
  decodeContext,
  decodeOutcome,
  type EndedLogin,
  type ExchangeRef,
  encodeContext,
  type LoginContext,
  type LoginId,
  type LoginOutcome,
  type Opened,
  type PendingStore,
  type Reply,
  type ResultCode,
  type UserId,
} from "@portcullis/login";
import { asksForFactors, secondFactorOf } from "../domain/policy.js";
import { ACCEPT, DEFAULT_REJECT_DELAY_MS, DISCARD, rejectReply } from "../domain/replies.js";
import type { ChallengeSettings } from "../domain/settings.js";
import type { ConcludeExchange, Conclusion } from "./conclude-exchange.js";
import { outcomeOf } from "./outcomes.js";
import type { ClientRules, Clients, Factors } from "./ports.js";
import type { Prompts } from "./prompts.js";

/** How the first factor of a login ended. */
export interface PrimaryDecision {
  readonly context: LoginContext;
  readonly userId: UserId;
  readonly userKnown: boolean;
  /** Why it was refused; undefined when it was proven. */
  readonly refusal: ResultCode | undefined;
  /** Empty when it was refused. */
  readonly credentialDigest: string;
}

export interface OpenChallengeParts {
  readonly store: PendingStore;
  readonly clients: Clients;
  readonly factors: Factors;
  readonly prompts: Prompts;
  readonly conclude: ConcludeExchange;
  readonly settings: ChallengeSettings;
  readonly clock: Clock;
  readonly random: Random;
}

type OpenChallengeResult = Opened & { readonly kind: "opened" };
type JoinedLogin = Opened & { readonly kind: "joined" };

/**
 * The first factor is decided: the login ends with it, or a challenge is opened. Called again it finds the challenge or the
 * end of the first time. Rejects with `Unavailable` when a store is away.
 */
export class OpenChallenge {
  readonly #parts: OpenChallengeParts;

  constructor(parts: OpenChallengeParts) {
    this.#parts = parts;
  }

  async execute(decision: PrimaryDecision): Promise<void> {
    // After its deadline nobody is prompted; the sweep of what is overdue ends the login.
    if (this.#parts.clock.nowMs() > decision.context.deadlineMs) return;
    await this.#parts.conclude.execute(await this.#decide(decision));
  }

  async #decide(decision: PrimaryDecision): Promise<Conclusion> {
    if (decision.refusal !== undefined) return this.#end(decision, decision.refusal);
    const client = this.#parts.clients.find(decision.context.client);
    // The gateway knows the client, so our copy of the configuration is behind: nothing may be concluded from that.
    if (client === undefined) throw new Unavailable("The client of a login is not known here (yet).");
    const known = decision.userKnown;
    const factors = asksForFactors(client, { known }) ? await this.#parts.factors.find(decision.userId) : undefined;
    const standing = { known, enabled: factors?.enabled ?? true, enrolled: (factors?.tokens.length ?? 0) > 0 };
    const next = secondFactorOf(client, standing);
    return next.kind === "end" ? this.#end(decision, next.resultCode) : this.#open(decision, client);
  }

  /** @param replacing a login that must not be joined */
  async #open(decision: PrimaryDecision, client: ClientRules, replacing?: LoginId): Promise<Conclusion> {
    const { store, settings } = this.#parts;
    const { context, userId, credentialDigest } = decision;
    const opened = await store.open({
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
      context: encodeContext(context),
      ...(replacing === undefined ? {} : { replacing }),
    });
    switch (opened.kind) {
      case "opened":
        return this.#opened(decision, opened);
      case "joined": {
        const joined = await this.#join(decision, opened);
        if (joined !== undefined) return joined;
        if (replacing !== undefined) throw new Unavailable("A login was opened beside this one; asked again.");
        return this.#open(decision, client, opened.loginId);
      }
      case "refused":
        return this.#end(decision, "FAILED_AUTHENTICATION_THROTTLED");
      case "ended":
        return this.#endedBefore(decision, opened.outcome);
    }
  }

  /**
   * From here on the exchange is a part of the other login: it ends with that one and has no audit row of its own. So that
   * one must have none yet: whoever opened it may have died before the first exchange got its prompt, and its time may
   * have run out. It gets its prompt now, or has had its end.
   * @returns undefined when the login has had its end
   */
  async #join(
    { context }: PrimaryDecision,
    { loginId, prompt, expiresAtMs, context: opening }: JoinedLogin,
  ): Promise<Conclusion | undefined> {
    const { store, prompts, settings } = this.#parts;
    const reply = prompts.openPrompt(loginId, prompt, this.#until(expiresAtMs));
    const { userKey, exchangeId } = decodeContext(opening);
    const first = { userKey, exchangeId };
    const sealed = prompts.sealForExchange(first.exchangeId, reply);
    const told = await store.decideExchange({ ...first, reply: sealed, keepMs: settings.keepMs });
    if (told.kind === "decided" && told.outcome !== undefined) return undefined;
    return { context, reply, ended: [], done: [exchangeEntry(context), exchangeEntry(first)] };
  }

  #firstPrompt({ context, userId }: PrimaryDecision, client: ClientRules): Uint8Array {
    const { loginId, userKey } = context;
    const remainingSeconds = Math.floor(client.challengeTimeLimitMs / 1_000);
    return this.#parts.prompts.seal({ loginId, userId, client: context.client, userKey, round: 1, remainingSeconds });
  }

  #opened({ context }: PrimaryDecision, opened: OpenChallengeResult): Conclusion {
    const reply = this.#parts.prompts.openPrompt(context.loginId, opened.prompt, this.#until(opened.expiresAtMs));
    const ended = opened.superseded.map((login) => this.#superseded(login));
    const entries = opened.superseded.map(loginEntry);
    return { context, reply, ended, done: [exchangeEntry(context), ...entries] };
  }

  #superseded({ userId, context }: EndedLogin): LoginOutcome {
    const resultCode = "FAILED_CHALLENGE_SUPERSEDED";
    const end = { context: decodeContext(context), userId, userKnown: true, resultCode } as const;
    return outcomeOf(end, this.#parts.clock.nowMs());
  }

  /** The login had its challenge and its end before: the same again for this exchange, and no new end. */
  #endedBefore({ context, userId }: PrimaryDecision, stored: Uint8Array | undefined): Conclusion {
    if (stored === undefined) {
      // Its time was over, or another login took its place; whoever did that announces it.
      return { context, reply: this.#reject(context), ended: [], done: [exchangeEntry(context)] };
    }
    const outcome = decodeOutcome(stored);
    const done = [exchangeEntry(context), loginEntry({ userId, loginId: context.loginId })];
    return { context, reply: this.#replyFor(outcome), ended: [outcome], done };
  }

  /** Ends a login that gets no challenge. */
  #end(decision: PrimaryDecision, resultCode: ResultCode): Conclusion {
    const { context, userId, userKnown } = decision;
    const end = outcomeOf({ context, userId, userKnown, resultCode }, this.#parts.clock.nowMs());
    return { context, reply: this.#replyFor(end), end, ended: [], done: [exchangeEntry(context)] };
  }

  #replyFor(outcome: LoginOutcome): Reply {
    switch (outcome.verdict) {
      case "accept":
        return ACCEPT;
      case "reject":
        return this.#reject(outcome.context);
      case "discard":
        return DISCARD;
    }
  }

  #reject(context: LoginContext): Reply {
    const { clients, random } = this.#parts;
    const delayMs = clients.find(context.client)?.rejectDelayMs ?? DEFAULT_REJECT_DELAY_MS;
    return rejectReply({ sinceMs: context.claimedAtMs, delayMs, chance: random.fraction() });
  }

  #until(expiresAtMs: number): { expiresAtMs: number; nowMs: number } {
    return { expiresAtMs, nowMs: this.#parts.clock.nowMs() };
  }
}

function exchangeEntry({ userKey, exchangeId }: ExchangeRef): DueEntry {
  return { kind: "exchange", userKey, exchangeId };
}

function loginEntry({ userId, loginId }: Pick<EndedLogin, "userId" | "loginId">): DueEntry {
  return { kind: "login", userId, loginId };
}
