import type { LoginId, UserId } from "@portcullis/login";

type Brand<Name extends string> = string & { readonly __brand: Name };

/** One attempt to reach a person: 16 bytes in lower-case hexadecimal. */
export type ChallengeId = Brand<"ChallengeId">;

/** Why somebody is asked once more. */
export type Notice = "none" | "pin-wrong" | "match-wrong" | "code-wrong";
/** What an approval has to name beside the word itself: nothing, the number that the client shows, or one of `choices`. */
export type Matching = "none" | "number" | "context";
/** How a challenge ended. */
export type ChallengeResult = "approved" | "denied" | "fraud" | "wrong" | "expired" | "replaced" | "refused";

/** What a person is asked. */
export interface Challenge {
  readonly challengeId: ChallengeId;
  readonly userId: UserId;
  readonly loginId: LoginId;
  /** 1 for the first; the answer to the one before was wrong. */
  readonly attempt: number;
  readonly notice: Notice;
  readonly application: string;
  readonly client: string;
  readonly userName: string;
  readonly station: string;
  readonly sourceAddress: string;
  readonly requestedAtMs: number;
  readonly expiresAtMs: number;
  readonly asksPin: boolean;
  readonly matching: Matching;
  readonly choices: readonly string[];
}

/** A challenge as the devices of its user find it. */
export type InboxRecord =
  | { readonly state: "open"; readonly challenge: Challenge }
  /** One of the devices has said no: what the others say besides no comes too late, whichever event is first. */
  | { readonly state: "denied"; readonly challenge: Challenge }
  | {
      readonly state: "closed";
      readonly challengeId: ChallengeId;
      readonly result: ChallengeResult;
      readonly closedAtMs: number;
      /** Unknown where the end came before the beginning. */
      readonly challenge: Challenge | undefined;
    };

const RANK_DENIED = 1_000_000_000;
const RANK_CLOSED = 2_000_000_000;

/** Of two records of one challenge the one of the higher rank stands: attempts in their order, then a no, then the end. */
export function rankOf(record: InboxRecord): number {
  switch (record.state) {
    case "open":
      return record.challenge.attempt;
    case "denied":
      return RANK_DENIED;
    case "closed":
      return RANK_CLOSED;
  }
}

/** For how long devices see how a challenge ended. */
const SHOW_END_MS = 30_000;

/** Whether devices see it. */
export function isShown(record: InboxRecord, nowMs: number): boolean {
  if (record.state === "closed") return nowMs - record.closedAtMs < SHOW_END_MS;
  return record.state === "open" && record.challenge.expiresAtMs > nowMs;
}
