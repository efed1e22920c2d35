import type { Clock, KeyedDigest, Sealer } from "@portcullis/kit";
import {
  appendedCodePlace,
  encodeWaitingExchange,
  type LoginContext,
  type LoginId,
  type Opened,
  type PendingStore,
} from "@portcullis/login";
import type { Challenge } from "../domain/challenge.js";
import type { PrimaryDecision } from "../domain/primary-decision.js";
import type { ChallengeSettings } from "../domain/settings.js";
import { typedCode } from "../domain/totp.js";
import type { Challenges } from "./challenges.js";
import type { ConcludeHeld } from "./conclude-held.js";
import { exchangeEntry } from "./due-entries.js";
import type { ClientRules } from "./ports.js";
import type { VerifyAnswer } from "./verify-answer.js";

/** The code came with the password: there is no prompt at which another one could be typed. */
const MAX_TRIES = 1;
const ROUND = 1;
const NO_PROMPT = new Uint8Array(0);

export interface AnswerAtOnceParts {
  readonly store: PendingStore;
  readonly verifyAnswer: Pick<VerifyAnswer, "verify">;
  readonly concludeHeld: Pick<ConcludeHeld, "superseded">;
  readonly challenges: Pick<Challenges, "seal">;
  readonly settings: ChallengeSettings;
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
}

export type AnsweredAtOnce =
  /** The exchange has its verdict. */
  | { readonly kind: "decided" }
  /** She is locked out, or has too many prompts open. */
  | { readonly kind: "refused" }
  /** The login had its end before, under this id. */
  | { readonly kind: "ended"; readonly loginId: LoginId; readonly outcome: Uint8Array | undefined };

/** A login as the store is to find it again. */
interface Wanted {
  readonly loginId: LoginId;
  readonly credentialDigest: string;
  readonly client: ClientRules;
  readonly challenge: Challenge;
}

/**
 * A login whose password had a code behind it: a challenge is opened as for any other, with one try and nobody to see it,
 * and answered by that code in the same exchange. So the code obeys what a typed one obeys: its try is reserved before it is
 * checked, counts against the user, and it is good once. Called again it finds the login where it was left.
 */
export class AnswerAtOnce {
  readonly #parts: AnswerAtOnceParts;

  constructor(parts: AnswerAtOnceParts) {
    this.#parts = parts;
  }

  /** Throws for a decision without a code. */
  async execute(decision: PrimaryDecision, client: ClientRules, challenge: Challenge): Promise<AnsweredAtOnce> {
    const code = this.#codeOf(decision);
    const wanted = { ...this.#wanted(decision, code, client), client, challenge };
    const opened = await this.#open(decision, wanted);
    switch (opened.kind) {
      case "opened":
        await this.#leave(decision.context);
        for (const login of opened.superseded) await this.#parts.concludeHeld.superseded(login);
        return this.#verify(decision, code, wanted.loginId);
      case "joined":
        // It was opened before the client's joinWithoutStation was switched on, else it would have this one's id.
        await this.#leave(decision.context);
        return this.#verify(decision, code, opened.loginId);
      case "refused":
        return { kind: "refused" };
      case "ended":
        return { kind: "ended", loginId: wanted.loginId, outcome: opened.outcome };
    }
  }

  #codeOf({ context, sealedCode }: PrimaryDecision): string {
    const plain = sealedCode && this.#parts.sealer.open(sealedCode, appendedCodePlace(context.exchangeId));
    if (plain === undefined) throw new Error("A code was not sealed for its exchange.");
    return typedCode(plain.toString("utf8"));
  }

  /**
   * Clients repeat a request in other octets while we check it, or when they lost our reply. So the same user, client, station,
   * password and code are the same login, for as long as the store keeps it: the same answer gets the same verdict. Without
   * a station nothing is the same.
   */
  #wanted(
    { context, userId, credentialDigest }: PrimaryDecision,
    code: string,
    client: ClientRules,
  ): Pick<Wanted, "loginId" | "credentialDigest"> {
    const { digest } = this.#parts;
    const { loginId, client: name, station } = context;
    // Apart from logins with a prompt, whose answers are others.
    const credential = digest.hex("credential with code", credentialDigest, code);
    const repeatable = station !== "" || client.joinWithoutStation;
    const id = repeatable ? (digest.hex("login with code", userId, name, station, credential) as LoginId) : loginId;
    return { loginId: id, credentialDigest: credential };
  }

  #open({ context, userId, ...decision }: PrimaryDecision, wanted: Wanted): Promise<Opened> {
    const { store, settings, challenges, clock } = this.#parts;
    return store.open({
      userId,
      loginId: wanted.loginId,
      client: context.client,
      station: context.station,
      credentialDigest: wanted.credentialDigest,
      lifetimeMs: Math.max(1, context.deadlineMs - clock.nowMs()),
      keepMs: settings.keepMs,
      maxTries: MAX_TRIES,
      maxOpen: settings.maxOpen,
      lockout: settings.lockout,
      prompt: NO_PROMPT,
      challenge: challenges.seal(wanted.loginId, wanted.challenge),
      context: encodeWaitingExchange({ context, ...decision }),
      joinWithoutStation: wanted.client.joinWithoutStation,
    });
  }

  /** From here on the login's own entry sees to it that it ends in a row. */
  #leave(context: LoginContext): Promise<void> {
    return this.#parts.store.removeDue([exchangeEntry(context)]);
  }

  async #verify({ context, userId }: PrimaryDecision, code: string, loginId: LoginId): Promise<AnsweredAtOnce> {
    const answer = { context: { ...context, loginId }, userId, round: ROUND, code, sinceMs: context.claimedAtMs };
    await this.#parts.verifyAnswer.verify(answer);
    return { kind: "decided" };
  }
}
