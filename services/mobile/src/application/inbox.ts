import type { Clock, Sealer } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { type ChallengeId, type InboxRecord, rankOf } from "../domain/inbox.js";
import type { InboxStore, Put } from "./ports.js";

/** An end is kept at least for so long, so that its challenge is not shown after it. */
const KEEP_END_MS = 300_000;

const placeOf = (userId: UserId, challengeId: ChallengeId): string => `mobile-inbox/${userId}/${challengeId}`;
export const challengeIdOf = (record: InboxRecord): ChallengeId =>
  record.state === "closed" ? record.challengeId : record.challenge.challengeId;

/**
 * The inboxes of users. Each record is sealed for its user and challenge: who can write to the store can make one disappear,
 * but can't have a person approve something else than she sees.
 */
export class Inbox {
  readonly #store: InboxStore;
  readonly #sealer: Sealer;
  readonly #clock: Clock;

  constructor(store: InboxStore, sealer: Sealer, clock: Clock) {
    this.#store = store;
    this.#sealer = sealer;
    this.#clock = clock;
  }

  /** @param keepUntilMs of an end: when the challenge is worthless anyway */
  put(userId: UserId, record: InboxRecord, keepUntilMs = 0): Promise<Put> {
    const challengeId = challengeIdOf(record);
    const value = this.#sealer.seal(Buffer.from(JSON.stringify(record)), placeOf(userId, challengeId));
    const expiresAtMs =
      record.state === "closed" ? Math.max(keepUntilMs, record.closedAtMs + KEEP_END_MS) : record.challenge.expiresAtMs;
    return this.#store.put(userId, { challengeId, rank: rankOf(record), expiresAtMs, value });
  }

  /** What is there of a user. Fails with `UnknownKey` while this process lacks the key of a record. */
  async list(userId: UserId): Promise<readonly InboxRecord[]> {
    const nowMs = this.#clock.nowMs();
    const items = await this.#store.list(userId);
    return items.flatMap(({ challengeId, expiresAtMs, value }) => {
      const plain = expiresAtMs > nowMs ? this.#sealer.open(value, placeOf(userId, challengeId)) : undefined;
      // Fail closed: what was not sealed for this place is not shown. What was, we have written ourselves.
      return plain === undefined ? [] : [JSON.parse(plain.toString("utf8")) as InboxRecord];
    });
  }

  async find(userId: UserId, challengeId: ChallengeId): Promise<InboxRecord | undefined> {
    return (await this.list(userId)).find((record) => challengeIdOf(record) === challengeId);
  }
}
