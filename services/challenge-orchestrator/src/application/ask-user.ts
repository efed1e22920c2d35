import { type Clock, type KeyedDigest, Unavailable } from "@portcullis/kit";
import {
  decodeOutcome,
  decodeWaitingExchange,
  encodeOutcome,
  encodeWaitingExchange,
  type LoginId,
  type LoginOutcome,
  type Opened,
  type PendingStore,
  type ReachRefusal,
  type ResultCode,
} from "@portcullis/login";
import type { Challenge } from "../domain/challenge.js";
import type { Decision } from "../domain/policy.js";
import type { PrimaryDecision } from "../domain/primary-decision.js";
import type { ChallengeSettings } from "../domain/settings.js";
import { propertiesOf, type Way } from "../domain/way.js";
import type { Challenges } from "./challenges.js";
import type { ConcludeExchange } from "./conclude-exchange.js";
import type { ConcludeHeld } from "./conclude-held.js";
import { exchangeEntry } from "./due-entries.js";
import type { IssueChallenge } from "./issue-challenge.js";
import type { MakeChallenge } from "./make-challenge.js";
import { outcomeOf } from "./outcomes.js";
import type { ClientRules } from "./ports.js";
import type { Prompts } from "./prompts.js";

const NOTHING = new Uint8Array(0);

export interface AskUserParts {
  readonly store: PendingStore;
  readonly challenges: Challenges;
  readonly makeChallenge: MakeChallenge;
  readonly issueChallenge: IssueChallenge;
  readonly prompts: Prompts;
  readonly conclude: ConcludeExchange;
  readonly concludeHeld: ConcludeHeld;
  readonly settings: ChallengeSettings;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
}

export type Asking = Extract<Decision, { kind: "ask" }>;

/** What asking a user comes to. */
export type Asked =
  | { readonly kind: "asked" }
  /** The login ends with it instead. */
  | { readonly kind: "ends"; readonly resultCode: ResultCode }
  /** It has had its end; without an outcome when its time was over or another one took its place. */
  | { readonly kind: "ended"; readonly outcome: LoginOutcome | undefined };

/** A login and the way in which it is to be asked. */
interface Wanted {
  readonly decision: PrimaryDecision;
  readonly client: ClientRules;
  readonly challenge: Challenge;
}

const REFUSALS: Readonly<Record<ReachRefusal, ResultCode>> = {
  "held-elsewhere": "FAILED_PROMPT_OPEN_ELSEWHERE",
  "denied-recently": "FAILED_DENIED_RECENTLY",
  "too-many-prompts": "FAILED_AUTHENTICATION_THROTTLED",
};

/**
 * Asks a user for her second factor: opens the login's challenge, tells whoever has to reach her, and shows the prompt, or lets the
 * exchange wait. The same login asked twice joins the one that is open, and nobody is reached anew. Called again it finds the
 * login where it was left, and does everything behind that once more.
 */
export class AskUser {
  readonly #parts: AskUserParts;

  constructor(parts: AskUserParts) {
    this.#parts = parts;
  }

  async execute(decision: PrimaryDecision, client: ClientRules, asking: Asking): Promise<Asked> {
    const [first, ...others] = asking.ways;
    const asked = await this.#ask(decision, client, asking, first);
    if (asked.kind !== "ends") return asked;
    // No phone may be reached now; a code that she has at hand needs none.
    const unreaching = others.find((way) => !propertiesOf(way).reaches);
    return unreaching === undefined ? asked : this.#ask(decision, client, asking, unreaching);
  }

  async #ask(decision: PrimaryDecision, client: ClientRules, asking: Asking, way: Way): Promise<Asked> {
    const challenge = this.#parts.makeChallenge.first({ decision, client, asking, way });
    return this.#open({ decision, client, challenge });
  }

  async #open(wanted: Wanted, replacing?: LoginId): Promise<Asked> {
    const opened = await this.#opened(wanted, replacing);
    switch (opened.kind) {
      case "opened": {
        const late = await this.#approvedMeanwhile(wanted, opened);
        if (late !== undefined) return late;
        await this.#goOn(wanted, wanted.decision.context.loginId, opened);
        for (const login of opened.superseded) await this.#parts.concludeHeld.superseded(login);
        return { kind: "asked" };
      }
      case "joined":
        if (await this.#join(wanted, opened)) return { kind: "asked" };
        if (replacing !== undefined) throw new Unavailable("A login was opened beside this one; asked again.");
        return this.#open(wanted, opened.loginId);
      case "refused":
        return { kind: "ends", resultCode: refusalOf(opened.reason) };
      case "ended":
        return { kind: "ended", outcome: opened.outcome && decodeOutcome(opened.outcome) };
    }
  }

  /**
   * The login that this one would have joined was approved after it was looked for and before this one was opened: it is let in
   * with that one, and nobody is asked once more.
   */
  async #approvedMeanwhile(
    { decision, challenge }: Wanted,
    opened: Opened & { readonly kind: "opened" },
  ): Promise<Asked | undefined> {
    const { store, settings, clock } = this.#parts;
    const { context, userId } = decision;
    const late = challenge.remember.filter(({ onlyEarlier }) => onlyEarlier).map(({ scope }) => scope);
    if (late.length === 0 || opened.superseded.length > 0) return undefined;
    const login = { userId, loginId: context.loginId };
    const scope = await store.recall({ ...login, beganAtMs: context.claimedAtMs, scopes: late });
    if (scope === undefined) return undefined;
    const end = { context, userId, userKnown: true, resultCode: "SUCCESS_RECONNECTED" } as const;
    const outcome = encodeOutcome(outcomeOf(end, clock.nowMs()));
    const finished = await store.finish({ ...login, outcome, keepMs: settings.keepMs });
    return finished.kind === "late" ? undefined : { kind: "ended", outcome: decodeOutcome(finished.outcome) };
  }

  /** @param replacing a login that must not be joined */
  #opened({ decision, client, challenge }: Wanted, replacing: LoginId | undefined): Promise<Opened> {
    const { store, settings, challenges, clock } = this.#parts;
    const { context, userId, credentialDigest } = decision;
    const { prompts, reaches } = propertiesOf(challenge.way);
    const heldMs = Math.max(1, context.deadlineMs - clock.nowMs());
    return store.open({
      userId,
      loginId: context.loginId,
      client: context.client,
      station: context.station,
      credentialDigest,
      lifetimeMs: prompts ? client.challengeTimeLimitMs : heldMs,
      keepMs: settings.keepMs,
      maxTries: settings.maxTries,
      maxOpen: settings.maxOpen,
      lockout: settings.lockout,
      prompt: prompts ? this.#firstPrompt({ decision, client, challenge }) : NOTHING,
      challenge: challenges.seal(context.loginId, challenge),
      exchangeId: context.exchangeId,
      context: encodeWaitingExchange(decision),
      joinWithoutStation: client.joinWithoutStation,
      listed: challenge.way.method === "manual",
      ...(reaches ? { reach: settings.reach } : {}),
      // An operator is no phone, yet nobody else's login may ride on her word either.
      ...(challenge.way.method === "manual" ? { reach: BY_HAND } : {}),
      ...(replacing === undefined ? {} : { replacing }),
    });
  }

  #firstPrompt({ decision: { context, userId }, client, challenge }: Wanted): Uint8Array {
    const { loginId, userKey } = context;
    const left = Math.floor(client.challengeTimeLimitMs / 1_000);
    const shown = { loginId, userId, client: context.client, userKey, round: 1, remainingSeconds: left };
    return this.#parts.prompts.seal({ ...shown, challenge, again: false, ...this.#parts.challenges.shown(challenge) });
  }

  /**
   * From here on the exchange is a part of the other login: it ends with that one and has no audit row of its own. So that
   * one must have none yet: whoever opened it may have died before the first exchange got its prompt, and its time may
   * have run out. It gets its prompt now, or has had its end.
   * @returns false when the login has had its end
   */
  async #join(wanted: Wanted, joined: Opened & { readonly kind: "joined" }): Promise<boolean> {
    const { store, conclude, prompts, clock } = this.#parts;
    const { context: first } = decodeWaitingExchange(joined.context);
    if (joined.prompt.length > 0) {
      const time = { expiresAtMs: joined.expiresAtMs, nowMs: clock.nowMs() };
      const told = await conclude.tell(first, prompts.openPrompt(joined.loginId, joined.prompt, time));
      if (told.kind === "decided" && told.outcome !== undefined) return false;
    } else {
      const told = await store.inspectExchange(first);
      if (told.kind === "decided" && told.outcome !== undefined) return false;
    }
    await this.#goOn(wanted, joined.loginId, joined, first);
    await store.removeDue([exchangeEntry(first)]);
    return true;
  }

  /** Whoever has to reach her is told; then the exchange gets its prompt, or waits. */
  async #goOn(
    { decision: { context, userId } }: Wanted,
    loginId: LoginId,
    open: { readonly prompt: Uint8Array; readonly challenge: Uint8Array; readonly expiresAtMs: number },
    opening = context,
  ): Promise<void> {
    const { store, challenges, issueChallenge, prompts, conclude, clock } = this.#parts;
    const { expiresAtMs } = open;
    const challenge = challenges.open(loginId, open.challenge);
    await issueChallenge.issue({ context: opening, userId, challenge, expiresAtMs });
    if (open.prompt.length === 0) return store.removeDue([exchangeEntry(context)]);
    const reply = prompts.openPrompt(loginId, open.prompt, { expiresAtMs, nowMs: clock.nowMs() });
    await conclude.execute({ context, reply, ended: [], done: [exchangeEntry(context)] });
  }
}

const BY_HAND = { maxPrompts: Number.MAX_SAFE_INTEGER, windowMs: 1 };

function refusalOf(reason: Extract<Opened, { kind: "refused" }>["reason"]): ResultCode {
  switch (reason) {
    case "too-many-open":
    case "locked-out":
      return "FAILED_AUTHENTICATION_THROTTLED";
    default:
      return REFUSALS[reason];
  }
}
