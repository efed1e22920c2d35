import type { UserId } from "@portcullis/login";
import type { ChallengeId, ChallengeResult } from "../domain/inbox.js";
import type { Inbox } from "./inbox.js";

export interface ClosedChallenge {
  readonly challengeId: ChallengeId;
  readonly userId: UserId;
  readonly result: ChallengeResult;
  readonly closedAtMs: number;
  readonly deadlineMs: number;
}

/** Takes a challenge off the devices and shows them how it ended; one that has not come yet will not be shown. */
export class CloseChallenge {
  readonly #inbox: Inbox;

  constructor(inbox: Inbox) {
    this.#inbox = inbox;
  }

  async execute({ challengeId, userId, result, closedAtMs, deadlineMs }: ClosedChallenge): Promise<void> {
    const { challenge } = (await this.#inbox.find(userId, challengeId)) ?? { challenge: undefined };
    await this.#inbox.put(userId, { state: "closed", challengeId, result, closedAtMs, challenge }, deadlineMs);
  }
}
