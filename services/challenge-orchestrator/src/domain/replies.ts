import { PLAIN_REPLY, type Reply } from "@portcullis/login";

/** How long a reject is held back for a client whose settings are not known here. */
export const DEFAULT_REJECT_DELAY_MS = 1_000;
const JITTER = 0.1;

export const ACCEPT: Reply = { ...PLAIN_REPLY, verdict: "accept" };
export const DISCARD: Reply = { ...PLAIN_REPLY, verdict: "discard" };

/** How long to hold back a reject. */
export interface RejectDelay {
  /** When the rejected request came: the delay hides how long the checks took. */
  readonly sinceMs: number;
  readonly delayMs: number;
  /** In [0, 1). */
  readonly chance: number;
}

export function rejectReply({ sinceMs, delayMs, chance }: RejectDelay): Reply {
  return { ...PLAIN_REPLY, verdict: "reject", notBeforeMs: Math.round(sinceMs + delayMs * (1 + JITTER * chance)) };
}

/** At a time: no check of the user's failed, so there is nothing that the delay would have to hide. */
export function unavailableReply(notBeforeMs: number): Reply {
  return { ...PLAIN_REPLY, verdict: "reject", notBeforeMs, message: "Sign-in is not possible now. Try again later." };
}

export function challengeReply(state: Uint8Array, message: string, sessionTimeoutSeconds: number): Reply {
  return { ...PLAIN_REPLY, verdict: "challenge", state, message, sessionTimeoutSeconds };
}
