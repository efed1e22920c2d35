import { type Clock, Unavailable } from "@portcullis/kit";
import {
  decodeOutcome,
  decodeWaitingExchange,
  encodeWaitingExchange,
  type LoginId,
  type Opened,
  type PendingStore,
  type ResultCode,
} from "@portcullis/login";
import type { PrimaryDecision } from "../domain/primary-decision.js";
import type { ChallengeSettings } from "../domain/settings.js";
import type { ConcludeHeld } from "./conclude-held.js";
import { exchangeEntry } from "./due-entries.js";
import type { ClientRules } from "./ports.js";

/** A held login is answered once, and by no code. */
const MAX_TRIES = 1;
/** An operator is no phone, yet who has the password must not ride on another login's approval here either. */
const REACH = { maxPrompts: Number.MAX_SAFE_INTEGER, windowMs: 1 };
const NO_PROMPT = new Uint8Array(0);

export interface HoldLoginParts {
  readonly store: PendingStore;
  readonly concludeHeld: ConcludeHeld;
  readonly settings: ChallengeSettings;
  readonly clock: Clock;
}

/** Lets an exchange wait for an answer that comes by another way: an operator's, later an app's or a call's. */
export class HoldLogin {
  readonly #parts: HoldLoginParts;

  constructor(parts: HoldLoginParts) {
    this.#parts = parts;
  }

  /**
   * @param replacing a login that must not be joined
   * @returns why the login ends at once; undefined when it waits, or had its end before
   */
  async execute(decision: PrimaryDecision, client: ClientRules, replacing?: LoginId): Promise<ResultCode | undefined> {
    const { store, concludeHeld } = this.#parts;
    const { context, userId } = decision;
    const opened = await this.#open(decision, client, replacing);
    switch (opened.kind) {
      case "opened":
        for (const login of opened.superseded) await concludeHeld.superseded(login);
        await store.removeDue([exchangeEntry(context)]);
        return undefined;
      case "joined":
        if (await this.#join(decision, opened.context)) return undefined;
        if (replacing !== undefined) throw new Unavailable("A login was opened beside this one; asked again.");
        return this.execute(decision, client, opened.loginId);
      case "refused":
        return opened.reason === "held-elsewhere" ? "FAILED_PROMPT_OPEN_ELSEWHERE" : "FAILED_AUTHENTICATION_THROTTLED";
      case "ended":
        // Expired or superseded: whoever did that tells the exchanges that waited.
        if (opened.outcome === undefined) return "FAILED_CHALLENGE_EXPIRED";
        await concludeHeld.execute({ userId, loginId: context.loginId }, decodeOutcome(opened.outcome), [
          encodeWaitingExchange(decision),
        ]);
        await store.removeDue([exchangeEntry(context)]);
        return undefined;
    }
  }

  #open(decision: PrimaryDecision, client: ClientRules, replacing: LoginId | undefined): Promise<Opened> {
    const { store, settings, clock } = this.#parts;
    const { context, userId, credentialDigest } = decision;
    return store.open({
      userId,
      loginId: context.loginId,
      client: context.client,
      station: context.station,
      credentialDigest,
      lifetimeMs: Math.max(1, context.deadlineMs - clock.nowMs()),
      keepMs: settings.keepMs,
      maxTries: MAX_TRIES,
      maxOpen: settings.maxOpen,
      lockout: settings.lockout,
      prompt: NO_PROMPT,
      context: encodeWaitingExchange(decision),
      exchangeId: context.exchangeId,
      reach: REACH,
      listed: true,
      joinWithoutStation: client.joinWithoutStation,
      ...(replacing === undefined ? {} : { replacing }),
    });
  }

  /**
   * From here on the exchange is a part of the other login and has no audit row of its own. So that one must have none yet:
   * whoever opened it may have died before its exchange left the due index, and its time may have run out.
   * @returns false when the login has had its end
   */
  async #join({ context }: PrimaryDecision, opening: Uint8Array): Promise<boolean> {
    const { store } = this.#parts;
    const { context: first } = decodeWaitingExchange(opening);
    const told = await store.inspectExchange(first);
    if (told.kind === "decided" && told.outcome !== undefined) return false;
    await store.removeDue([exchangeEntry(context), exchangeEntry(first)]);
    return true;
  }
}
