import type { Clock } from "@portcullis/kit";
import {
  decodeOutcome,
  decodeWaitingExchange,
  encodeOutcome,
  type LoginRef,
  type LoginStatus,
  type PendingStore,
  type ResultCode,
} from "@portcullis/login";
import type { Challenge } from "../domain/challenge.js";
import { policyFor } from "../domain/policy.js";
import { remainingSeconds } from "../domain/prompt.js";
import type { ChallengeSettings } from "../domain/settings.js";
import { propertiesOf } from "../domain/way.js";
import type { Challenges } from "./challenges.js";
import type { ConcludeExchange } from "./conclude-exchange.js";
import type { ConcludeHeld } from "./conclude-held.js";
import type { MakeChallenge } from "./make-challenge.js";
import { outcomeOf } from "./outcomes.js";
import type { ClientRules, Clients, Factors } from "./ports.js";
import type { Prompts } from "./prompts.js";
import type { WaysOfUser } from "./ways-of-user.js";

/** What became of the attempt to reach somebody, where it has failed. */
export type DeliveryFailure = "busy" | "no-answer" | "hung-up" | "unreachable" | "no-provider" | "unknown";

export interface FailedDelivery extends LoginRef {
  readonly challengeId: string;
  readonly failure: DeliveryFailure;
}

export interface HandleDeliveryParts {
  readonly store: PendingStore;
  readonly challenges: Challenges;
  readonly makeChallenge: MakeChallenge;
  readonly waysOfUser: WaysOfUser;
  readonly factors: Pick<Factors, "find">;
  readonly clients: Clients;
  readonly prompts: Prompts;
  readonly conclude: ConcludeExchange;
  readonly concludeHeld: ConcludeHeld;
  readonly settings: ChallengeSettings;
  readonly clock: Clock;
}

const RESULTS: Readonly<Record<DeliveryFailure, ResultCode | undefined>> = {
  busy: "FAILED_PHONE_BUSY",
  "no-answer": "FAILED_PHONE_NO_ANSWER",
  "hung-up": "FAILED_PHONE_HUNG_UP",
  unreachable: "FAILED_PHONE_UNREACHABLE",
  "no-provider": "FAILED_NO_PROVIDER",
  // It may have arrived: an answer may still come.
  unknown: undefined,
};

type Open = LoginStatus & { readonly kind: "open" };

/**
 * Nobody could be reached: the login goes on with the code of a token where the policy has that as its fallback and the client
 * shows prompts; else it ends, by the client's fail mode. Called again it finds what was done.
 */
export class HandleDelivery {
  readonly #parts: HandleDeliveryParts;

  constructor(parts: HandleDeliveryParts) {
    this.#parts = parts;
  }

  async execute(failed: FailedDelivery): Promise<void> {
    const { store, challenges, clients } = this.#parts;
    const login = { userId: failed.userId, loginId: failed.loginId };
    const resultCode = RESULTS[failed.failure];
    const status = await store.inspectLogin(login);
    if (status.kind !== "open" || resultCode === undefined) return;
    const challenge = challenges.open(login.loginId, status.challenge);
    const isAdvanced = challenge.fallback && challenge.switches > 0;
    if (isAdvanced) return this.#tellFallback(login, status, challenge);
    if (challenge.challengeId !== failed.challengeId) return;
    const client = clients.find(decodeWaitingExchange(status.context).context.client);
    if (client !== undefined && (await this.#fallBack(login, status, challenge, client))) return;
    return this.#end(login, status, challenge, await this.#resultOf(login, client, challenge, resultCode));
  }

  /** @returns whether the login goes on */
  async #fallBack(login: LoginRef, status: Open, challenge: Challenge, client: ClientRules): Promise<boolean> {
    const { store, challenges, makeChallenge, waysOfUser, prompts, clock } = this.#parts;
    if (!challenge.canPrompt) return false;
    const { groups } = await this.#parts.factors.find(login.userId);
    if (!policyFor(client.rules, groups).policy.fallback) return false;
    const { context } = decodeWaitingExchange(status.context);
    const way = (await waysOfUser.at(client, login.userId, true)).find(({ method }) => method === "oath");
    if (way === undefined) return false;
    const next = { ...makeChallenge.next({ context, client }, challenge, way), fallback: true };
    const untilMs = clock.nowMs() + client.challengeTimeLimitMs;
    const left = remainingSeconds(untilMs, clock.nowMs());
    const shown = { ...login, client: context.client, userKey: context.userKey, remainingSeconds: left };
    const advanced = await store.advance({
      ...login,
      fromRound: status.round,
      prompt: prompts.seal({ ...shown, round: status.round + 1, challenge: next, again: false }),
      challenge: challenges.seal(login.loginId, next),
      reach: undefined,
      untilMs,
    });
    if (advanced.kind !== "advanced") return false;
    await this.#tellPrompt(login, advanced.prompt, advanced.expiresAtMs, advanced.waiting);
    return true;
  }

  /** Again, after a crash: those that waited when it went on may not know yet. */
  async #tellFallback(login: LoginRef, status: Open, challenge: Challenge): Promise<void> {
    const { store, challenges } = this.#parts;
    const advanced = await store.advance({
      ...login,
      fromRound: status.round - 1,
      prompt: new Uint8Array(0),
      challenge: challenges.seal(login.loginId, challenge),
      reach: undefined,
    });
    if (advanced.kind !== "advanced") return;
    await this.#tellPrompt(login, advanced.prompt, advanced.expiresAtMs, advanced.waiting);
  }

  async #tellPrompt(
    login: LoginRef,
    prompt: Uint8Array,
    expiresAtMs: number,
    waiting: readonly Uint8Array[],
  ): Promise<void> {
    const { prompts, conclude, clock } = this.#parts;
    const reply = prompts.openPrompt(login.loginId, prompt, { expiresAtMs, nowMs: clock.nowMs() });
    for (const { context } of waiting.map(decodeWaitingExchange)) await conclude.tell(context, reply);
  }

  /** Fail open: where the policy says `safe`, and nobody could be reached in any way, the first factor alone lets in. */
  async #resultOf(
    { userId }: LoginRef,
    client: ClientRules | undefined,
    { canPrompt }: Challenge,
    resultCode: ResultCode,
  ): Promise<ResultCode> {
    if (client === undefined || resultCode !== "FAILED_NO_PROVIDER") return resultCode;
    const { groups } = await this.#parts.factors.find(userId);
    if (policyFor(client.rules, groups).policy.failMode !== "safe") return resultCode;
    const ways = await this.#parts.waysOfUser.at(client, userId, canPrompt);
    // No way at all: she may not come in any more.
    return ways.length > 0 && ways.every((way) => propertiesOf(way).reaches) ? "SUCCESS_FAIL_MODE_SAFE" : resultCode;
  }

  async #end(login: LoginRef, status: Open, challenge: Challenge, resultCode: ResultCode): Promise<void> {
    const { store, settings, concludeHeld, clock } = this.#parts;
    const { context } = decodeWaitingExchange(status.context);
    const end = { context, userId: login.userId, userKnown: true, resultCode, challenge };
    const outcome = encodeOutcome(outcomeOf(end, clock.nowMs()));
    const finished = await store.finish({ ...login, outcome, keepMs: settings.keepMs });
    if (finished.kind !== "finished") return;
    await concludeHeld.execute(login, decodeOutcome(finished.outcome), finished.waiting);
  }
}
