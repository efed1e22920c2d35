import type { Clock, Sealer } from "@portcullis/kit";
import type { LoginContext, UserId } from "@portcullis/login";
import type { Challenge } from "../domain/challenge.js";
import { userPhonesPlace } from "../domain/user-factors.js";
import { propertiesOf } from "../domain/way.js";
import type { Challenges } from "./challenges.js";
import type { ChallengeEvents, Clients, Factors, FraudCode } from "./ports.js";

export interface IssueChallengeParts {
  readonly events: ChallengeEvents;
  readonly challenges: Challenges;
  readonly clients: Clients;
  readonly factors: Pick<Factors, "find">;
  readonly fraudCode: FraudCode;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** A login that asks for a person. */
export interface AskingLogin {
  /** Of the exchange that opened it. */
  readonly context: LoginContext;
  readonly userId: UserId;
  readonly challenge: Challenge;
  readonly expiresAtMs: number;
}

/** Tells notifier and mobile whom to reach, or what has become of that. Both calls may be repeated: nobody is reached twice. */
export class IssueChallenge {
  readonly #parts: IssueChallengeParts;

  constructor(parts: IssueChallengeParts) {
    this.#parts = parts;
  }

  /** Nothing for a way that reaches nobody. */
  async issue({ context, userId, challenge, expiresAtMs }: AskingLogin): Promise<void> {
    const { events, challenges, clients, factors, fraudCode } = this.#parts;
    const { way, challengeId } = challenge;
    if (!propertiesOf(way).reaches) return;
    const { sealedPhones, language } = await factors.find(userId);
    const phones = sealedPhones === undefined ? undefined : this.#opened(sealedPhones, userId);
    const isMatched = way.matching === "context";
    await events.challengeIssued({
      // What is to be chosen must not be told.
      context: { ...context, deadlineMs: expiresAtMs, ...(isMatched ? { client: "", station: "" } : {}) },
      userId,
      challenge,
      application: isMatched ? "" : (clients.find(context.client)?.application ?? context.client),
      phones: way.method === "app" ? undefined : phones,
      code: way.method === "sms" ? challenges.textCode(context.loginId) : undefined,
      choices: isMatched ? challenges.ordered(challengeId, [challenge.connectingTo, ...challenge.decoys]) : [],
      fraudCode: fraudCode(),
      language,
    });
  }

  /** The way is not asked any more, although the login goes on. */
  async replaced({ context, userId, challenge, expiresAtMs }: AskingLogin): Promise<void> {
    const { events, clock } = this.#parts;
    const { way, challengeId } = challenge;
    if (!propertiesOf(way).reaches) return;
    await events.challengeClosed({
      challengeId,
      loginId: context.loginId,
      userId,
      method: way.method,
      result: "replaced",
      closedAtMs: clock.nowMs(),
      deadlineMs: expiresAtMs,
    });
  }

  #opened(sealedPhones: Uint8Array, userId: UserId): Uint8Array {
    const phones = this.#parts.sealer.open(sealedPhones, userPhonesPlace(userId));
    if (phones === undefined) throw new Error("The phones of a user were not sealed for her.");
    return phones;
  }
}
