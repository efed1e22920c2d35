import type { Reply } from "@portcullis/login";

const NOTHING = new Uint8Array(0);
const PLAIN = { state: NOTHING, message: "", notBeforeMs: 0, sessionTimeoutSeconds: 0 } as const;
/** How long a reject is held back for a client whose settings are not known here. */
export const DEFAULT_REJECT_DELAY_MS = 1_000;
const JITTER = 0.1;

export const ACCEPT: Reply = { ...PLAIN, verdict: "accept" };
export const DISCARD: Reply = { ...PLAIN, verdict: "discard" };

/** How long to hold back a reject. */
export interface RejectDelay {
  /** When the rejected request came: the delay hides how long the checks took. */
  readonly sinceMs: number;
  readonly delayMs: number;
  /** In [0, 1). */
  readonly chance: number;
}

export function rejectReply({ sinceMs, delayMs, chance }: RejectDelay): Reply {
  return { ...PLAIN, verdict: "reject", notBeforeMs: Math.round(sinceMs + delayMs * (1 + JITTER * chance)) };
}

export function challengeReply(state: Uint8Array, message: string, sessionTimeoutSeconds: number): Reply {
  return { ...PLAIN, verdict: "challenge", state, message, sessionTimeoutSeconds };
}
