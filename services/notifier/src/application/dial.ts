import type { Clock } from "@portcullis/kit";
import { askingScript } from "../domain/call-script.js";
import type { Leg } from "../domain/delivery.js";
import { maskedNumber } from "../domain/phone-number.js";
import type { HangUp } from "./hang-up.js";
import type {
  CallPlace,
  ChallengeRecord,
  Challenges,
  Deliveries,
  LineResult,
  Pause,
  ProviderLine,
  TextSource,
} from "./ports.js";
import type { TellOutcome } from "./tell-outcome.js";

/** How long a call to the same user waits for the end of another one, whose challenge may be over without our knowing yet. */
const OTHERS_LIMIT_MS = 1_500;
const LOOK_AGAIN_MS = 100;

export interface DialParts {
  readonly challenges: Pick<Challenges, "startCall" | "moveCall" | "endCall" | "callsOf">;
  readonly deliveries: Pick<Deliveries, "claim">;
  readonly line: Pick<ProviderLine, "hand">;
  readonly source: TextSource;
  readonly tell: TellOutcome;
  readonly hangUp: HangUp;
  readonly clock: Clock;
  readonly pause: Pause;
  readonly processId: string;
}

/** Calls one of the user's numbers, once; a first number that can't be called is followed by the backup. */
export class Dial {
  readonly #parts: DialParts;

  constructor(parts: DialParts) {
    this.#parts = parts;
  }

  async execute(challenge: ChallengeRecord, leg: Leg): Promise<void> {
    const { deliveries, challenges, tell, clock } = this.#parts;
    const { challengeId, loginId, userId, method, deadlineMs, details } = challenge;
    const place = { challengeId, leg };
    const step = stepOf(leg);
    await this.#endOthers(challenge);
    const recipient = maskedNumber(leg === "first" ? details.number : details.backupNumber);
    const claim = { claimedBy: this.#parts.processId, claimedAtMs: clock.nowMs() };
    const before = await deliveries.claim({
      challengeId,
      step,
      loginId,
      userId,
      method,
      recipient,
      deadlineMs,
      ...claim,
    });
    if (before !== undefined) return tell.resume(before);
    if (!(await challenges.startCall(place, clock.nowMs()))) {
      return tell.execute({ challengeId, step, state: "canceled", silent: true });
    }
    await this.#settle(challenge, place, await this.#place(challenge, place));
  }

  #place(challenge: ChallengeRecord, place: CallPlace): Promise<LineResult> {
    const { line, source } = this.#parts;
    const { details, deadlineMs } = challenge;
    const [to, extension] =
      place.leg === "first" ? [details.number, details.extension] : [details.backupNumber, details.backupExtension];
    const script = askingScript(source.texts, details, "first");
    return line.hand("voice", deadlineMs, async (provider) =>
      provider.call === undefined
        ? { kind: "refused", why: "it makes no calls" }
        : provider.call({ ...place, to, extension, script }),
    );
  }

  async #settle(challenge: ChallengeRecord, place: CallPlace, result: LineResult): Promise<void> {
    const { challenges, tell, hangUp, clock } = this.#parts;
    const { provider } = result;
    const key = { challengeId: place.challengeId, step: stepOf(place.leg), provider };
    if (result.kind === "taken") {
      const { reference } = result;
      const now = await challenges.moveCall({ ...place, state: "ringing", provider, reference }, clock.nowMs());
      await tell.execute({ ...key, state: "sent", reference });
      // It was closed while the number was dialled: whoever closed it had no call to hang up yet.
      if (now?.result !== undefined) await hangUp.execute(now);
      return;
    }
    // Of what may ring all the same the leg stays as it is: if somebody takes the call, she is asked.
    if (result.kind === "unknown") return tell.execute({ ...key, state: "unknown" });
    const tryBackup = place.leg === "first" && result.kind === "unreachable" && challenge.details.backupNumber !== "";
    if (tryBackup) {
      await tell.execute({ ...key, state: "unreachable", silent: true });
      return this.execute(challenge, "backup");
    }
    await challenges.endCall(place, clock.nowMs());
    await tell.execute({ ...key, state: result.kind });
  }

  /** Nobody's phone rings twice at once: what is over is hung up before this call is made. */
  async #endOthers({ userId, challengeId, loginId }: ChallengeRecord): Promise<void> {
    const { challenges, hangUp, clock, pause } = this.#parts;
    const endMs = clock.nowMs() + OTHERS_LIMIT_MS;
    for (;;) {
      const others = await challenges.callsOf(userId, challengeId);
      // Of the same login only one challenge is open: this one.
      const over = others.filter((other) => other.result !== undefined || other.loginId === loginId);
      for (const other of over) await hangUp.execute(other);
      if (over.length === others.length || clock.nowMs() >= endMs) return;
      await pause.ms(LOOK_AGAIN_MS);
    }
  }
}

export function stepOf(leg: Leg): string {
  return `call-${leg}`;
}
