import { type Clock, fail, type KeyedDigest, ok, type Result } from "@portcullis/kit";
import type { Challenge, ChallengeId, ChallengeResult, InboxRecord, Notice } from "../domain/inbox.js";
import type { Caller } from "./authenticate-device.js";
import type { Changes } from "./changes.js";
import type { Inbox } from "./inbox.js";
import type { AnswerWord, MobileEvents } from "./ports.js";

/** How long a device waits for what becomes of its answer; as a rule it is there in milliseconds. */
const OUTCOME_WAIT_MS = 5_000;

export interface AnswerRequest {
  readonly challengeId: ChallengeId;
  readonly word: AnswerWord;
  /** The attempt that was shown. */
  readonly attempt: number;
  readonly pin: string;
  readonly matched: string;
  /** Nobody waits for the outcome any more. */
  readonly signal: AbortSignal;
}

export type AnswerOutcome =
  | { readonly kind: "closed"; readonly result: ChallengeResult }
  /** Once more: something in the answer was wrong. */
  | { readonly kind: "again"; readonly attempt: number; readonly notice: Notice }
  | { readonly kind: "fraud-reported" }
  /** It was taken, and what becomes of it is not known yet. */
  | { readonly kind: "taken" };

/**
 * `unknown`: not there, or not this user's, which is the same. `over`: closed, or denied on another device. `attempt-over`: another attempt
 * has begun. `incomplete`: what the challenge asks for is missing.
 */
export type AnswerRefusal = "unknown" | "over" | "attempt-over" | "incomplete";

export interface AnswerChallengeParts {
  readonly inbox: Inbox;
  readonly changes: Changes;
  readonly events: MobileEvents;
  readonly digest: KeyedDigest;
  readonly clock: Clock;
}

/**
 * Passes on what a person answered on her device. Whether a PIN, a number or a choice is right is judged by
 * challenge-orchestrator, which also decides which answer was the first.
 */
export class AnswerChallenge {
  readonly #parts: AnswerChallengeParts;

  constructor(parts: AnswerChallengeParts) {
    this.#parts = parts;
  }

  async execute(caller: Caller, request: AnswerRequest): Promise<Result<AnswerOutcome, AnswerRefusal>> {
    const { inbox } = this.#parts;
    const { userId } = caller.user;
    const record = await inbox.find(userId, request.challengeId);
    if (record === undefined) return fail("unknown");
    if (request.word === "fraud") return this.#fraud(caller, request, record);
    if (record.state === "closed") return fail("over");
    if (request.word === "approve") {
      const refusal = refusalOf(record, request);
      if (refusal !== undefined) return fail(refusal);
    } else {
      await inbox.put(userId, { state: "denied", challenge: record.challenge });
    }
    await this.#tell(caller, request, record.challenge);
    return ok(await this.#outcome(caller, request, record.challenge.attempt));
  }

  /** The report is kept before the device hears of it, and before the login ends by it. One about an end of late is taken too. */
  async #fraud(
    caller: Caller,
    request: AnswerRequest,
    record: InboxRecord,
  ): Promise<Result<AnswerOutcome, AnswerRefusal>> {
    const { inbox, events, digest, clock } = this.#parts;
    const { userId } = caller.user;
    const { challenge } = record;
    if (challenge === undefined) return fail("unknown"); // Its beginning was never seen here, so nobody was asked.
    await events.fraudReported({
      reportId: digest.hex("fraud-report", challenge.challengeId, userId),
      userId,
      loginId: challenge.loginId,
      userName: challenge.userName,
      client: challenge.client,
      application: challenge.application,
      station: challenge.station,
      sourceAddress: challenge.sourceAddress,
      reportedAtMs: clock.nowMs(),
    });
    if (record.state !== "closed") {
      await inbox.put(userId, { state: "denied", challenge });
      await this.#tell(caller, request, challenge);
    }
    return ok({ kind: "fraud-reported" });
  }

  #tell({ device, user }: Caller, { word, pin, matched }: AnswerRequest, challenge: Challenge): Promise<void> {
    return this.#parts.events.factorAnswered({
      challengeId: challenge.challengeId,
      loginId: challenge.loginId,
      userId: user.userId,
      deviceId: device.deviceId,
      attempt: challenge.attempt,
      word,
      pin: word === "approve" ? pin : "",
      matched: word === "approve" ? matched : "",
      answeredAtMs: this.#parts.clock.nowMs(),
      deadlineMs: challenge.expiresAtMs,
    });
  }

  async #outcome({ user: { userId } }: Caller, request: AnswerRequest, attempt: number): Promise<AnswerOutcome> {
    const { inbox, changes, clock } = this.#parts;
    const endMs = clock.nowMs() + OUTCOME_WAIT_MS;
    for (;;) {
      const outcome = await changes.watching(userId, async (watch) => {
        const known = outcomeOf(await inbox.find(userId, request.challengeId), attempt);
        if (known === undefined) await watch.wait(endMs - clock.nowMs(), request.signal);
        return known;
      });
      if (outcome !== undefined) return outcome;
      if (request.signal.aborted || clock.nowMs() >= endMs) return { kind: "taken" };
    }
  }
}

/** What speaks against an approval, as far as the challenge itself says. */
function refusalOf(
  record: Exclude<InboxRecord, { state: "closed" }>,
  { attempt, pin, matched }: AnswerRequest,
): AnswerRefusal | undefined {
  const { challenge, state } = record;
  if (state === "denied") return "over";
  if (challenge.attempt !== attempt) return "attempt-over";
  const isComplete = (!challenge.asksPin || pin !== "") && (challenge.matching === "none" || matched !== "");
  return isComplete ? undefined : "incomplete";
}

function outcomeOf(record: InboxRecord | undefined, attempt: number): AnswerOutcome | undefined {
  if (record?.state === "closed") return { kind: "closed", result: record.result };
  if (record?.state !== "open" || record.challenge.attempt <= attempt) return undefined;
  return { kind: "again", attempt: record.challenge.attempt, notice: record.challenge.notice };
}
