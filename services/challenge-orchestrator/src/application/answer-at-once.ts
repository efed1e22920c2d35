import { type Clock, type KeyedDigest, type Sealer, Unavailable } from "@portcullis/kit";
import {
  appendedCodePlace,
  encodeWaitingExchange,
  type LoginId,
  type Opened,
  type PendingStore,
} from "@portcullis/login";
import type { PrimaryDecision } from "../domain/primary-decision.js";
import type { ChallengeSettings } from "../domain/settings.js";
import { typedCode } from "../domain/totp.js";
import type { ConcludeHeld } from "./conclude-held.js";
import { exchangeEntry } from "./due-entries.js";
import { joinLogin } from "./join-login.js";
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
  /** The login had its end before. */
  | (Opened & { readonly kind: "ended" });

interface WantedLogin {
  readonly code: string;
  readonly client: ClientRules;
  /** A login that must not be joined. */
  readonly replacing?: LoginId;
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
  async execute(decision: PrimaryDecision, client: ClientRules): Promise<AnsweredAtOnce> {
    const { context, userId } = decision;
    const code = this.#codeOf(decision);
    const loginId = await this.#login(decision, { code, client });
    if (typeof loginId !== "string") return loginId;
    const answer = { context: { ...context, loginId }, userId, round: ROUND, code, sinceMs: context.claimedAtMs };
    await this.#parts.verifyAnswer.verify(answer);
    return { kind: "decided" };
  }

  #codeOf({ context, sealedCode }: PrimaryDecision): string {
    const plain = sealedCode && this.#parts.sealer.open(sealedCode, appendedCodePlace(context.exchangeId));
    if (plain === undefined) throw new Error("A code was not sealed for its exchange.");
    return typedCode(plain.toString("utf8"));
  }

  /**
   * The login whose challenge the code answers: its own, or the one that the same user, password, code and station have under
   * way already.
   */
  async #login(
    decision: PrimaryDecision,
    wanted: WantedLogin,
  ): Promise<LoginId | Exclude<AnsweredAtOnce, { kind: "decided" }>> {
    const { store, concludeHeld } = this.#parts;
    const { context } = decision;
    const opened = await this.#open(decision, wanted);
    switch (opened.kind) {
      case "opened":
        // From here on the login's own entry sees to it that it ends in a row.
        await store.removeDue([exchangeEntry(context)]);
        for (const login of opened.superseded) await concludeHeld.superseded(login);
        return context.loginId;
      case "joined":
        if (await joinLogin(store, context, opened.context)) return opened.loginId;
        if (wanted.replacing !== undefined) throw new Unavailable("A login was opened beside this one; asked again.");
        return this.#login(decision, { ...wanted, replacing: opened.loginId });
      case "refused":
        return { kind: "refused" };
      case "ended":
        return opened;
    }
  }

  #open(decision: PrimaryDecision, { code, client, replacing }: WantedLogin): Promise<Opened> {
    const { store, settings, clock, digest } = this.#parts;
    const { context, userId, credentialDigest } = decision;
    return store.open({
      userId,
      loginId: context.loginId,
      client: context.client,
      station: context.station,
      // Apart from logins with a prompt, whose answers are others.
      credentialDigest: digest.hex("credential with code", credentialDigest, code),
      lifetimeMs: Math.max(1, context.deadlineMs - clock.nowMs()),
      keepMs: settings.keepMs,
      maxTries: MAX_TRIES,
      maxOpen: settings.maxOpen,
      lockout: settings.lockout,
      prompt: NO_PROMPT,
      context: encodeWaitingExchange(decision),
      joinWithoutStation: client.joinWithoutStation,
      ...(replacing === undefined ? {} : { replacing }),
    });
  }
}
