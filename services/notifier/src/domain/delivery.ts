/** What a provider can be for. */
export type Kind = "voice" | "sms" | "mail";
export type ReachMethod = "voice" | "sms";

/** What became of the attempt to reach somebody, as in `DeliveryOutcome`. */
export type Outcome =
  | "sent"
  | "delivered"
  | "busy"
  | "no-answer"
  | "hung-up"
  | "unreachable"
  | "no-provider"
  | "unknown";

/** `canceled`: its challenge was over before anything was sent; nobody has to be told. */
export type DeliveryState = Outcome | "canceled";

/** A later state takes the place of an earlier one only when it says more: what ended a delivery stays. */
export function rankOf(state: DeliveryState): number {
  if (state === "sent") return 1;
  return state === "delivered" ? 2 : 3;
}

/** What became of handing something to one provider. */
export type Handed =
  | { readonly kind: "taken"; readonly reference: string }
  /** Surely not sent: another provider may try. */
  | { readonly kind: "refused"; readonly why: string }
  /** The number is none, or nobody can be reached there: no other provider will do better. */
  | { readonly kind: "unreachable"; readonly why: string }
  /** It may have been sent, so nobody sends it again. */
  | { readonly kind: "unknown"; readonly why: string };

/** How a challenge ended, as in `ChallengeResult`. */
export type ChallengeResult = "approved" | "denied" | "fraud" | "wrong" | "expired" | "replaced" | "refused";
/** Why somebody is asked once more, as in `Notice`. */
export type Notice = "none" | "pin-wrong" | "code-wrong" | "match-wrong";

/** Which of the user's numbers a call is to. */
export type Leg = "first" | "backup";
/** Where a challenge's call stands. A leg that has ended may be followed by the next one. */
export type CallState = "none" | "dialling" | "ringing" | "talking" | "ended";
