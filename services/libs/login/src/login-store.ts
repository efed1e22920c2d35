import type { AnswerId, ExchangeId, LoginId, UserId } from "./ids.js";

/** Where a login is kept. */
export interface LoginRef {
  readonly userId: UserId;
  readonly loginId: LoginId;
}

export interface OpenRequest extends LoginRef {
  readonly client: string;
  /** Calling-Station-Id or machine name; empty when there is none. */
  readonly station: string;
  readonly credentialDigest: string;
  /** How long the challenge may be answered. */
  readonly lifetimeMs: number;
  readonly keepMs: number;
  /** Wrong answers that this challenge takes. */
  readonly maxTries: number;
  /** Open challenges that a user may have side by side. */
  readonly maxOpen: number;
  readonly lockout: Lockout;
  /** A login that is superseded even where it would be joined: its end was told already. */
  readonly replacing?: LoginId;
  /**
   * The reply that shows the prompt; kept so that a joining exchange gets the same. Empty where nobody is prompted: then the
   * exchange that opens, and one that joins, wait for the login's end.
   */
  readonly prompt: Uint8Array;
  /** How it is asked, for whoever judges an answer; opaque here. */
  readonly challenge?: Uint8Array;
  /** The exchange that opens it; absent for a login whose exchanges never wait here. */
  readonly exchangeId?: ExchangeId;
  /** Whether it reaches a phone: then it obeys the limits of prompts that reach one. */
  readonly reach?: Reach;
  /** Whether people may look for it by `held` and `findHeld`. */
  readonly listed?: boolean;
  /** Whether two logins that both say no station are from the same one. */
  readonly joinWithoutStation?: boolean;
  /** What the one who ends the login, or tells an exchange that waits, must know of the exchange. */
  readonly context: Uint8Array;
}

/** The most prompts that reach a phone of one user: `maxPrompts` within `windowMs`, which runs from the first. */
export interface Reach {
  readonly maxPrompts: number;
  readonly windowMs: number;
}

/** Why no phone is reached. */
export type ReachRefusal =
  /** Another login of the user reaches a phone, from elsewhere: whoever has the password can neither ride on the user's approval nor close her prompt. */
  | "held-elsewhere"
  /** She said no to a login from this station a short while ago. */
  | "denied-recently"
  /** She was asked too often. */
  | "too-many-prompts";

/** Wrong answers of one user, over all challenges, that lock her out: `maxFailures` within `windowMs`, which runs from the first. */
export interface Lockout {
  readonly maxFailures: number;
  readonly windowMs: number;
}

/** A login that another one took the place of. */
export interface EndedLogin extends LoginRef {
  readonly context: Uint8Array;
  readonly challenge: Uint8Array;
  /** The exchanges that waited for its end, in no order. */
  readonly waiting: readonly Uint8Array[];
}

export type Opened =
  /** The challenge is open; again on a repeated call, as it is now. */
  | {
      readonly kind: "opened";
      readonly prompt: Uint8Array;
      readonly challenge: Uint8Array;
      readonly expiresAtMs: number;
      /** Logins of the same station that this one closed; again on a repeated call. */
      readonly superseded: readonly EndedLogin[];
    }
  /** The same login asked twice (same user, client, credential and station): the open one's prompt and challenge, as they are now. */
  | {
      readonly kind: "joined";
      readonly loginId: LoginId;
      readonly prompt: Uint8Array;
      readonly challenge: Uint8Array;
      readonly expiresAtMs: number;
      /** That of whoever opened it. */
      readonly context: Uint8Array;
    }
  /** Too many open challenges, too many exchanges that wait, or too many wrong answers. */
  | { readonly kind: "refused"; readonly reason: "too-many-open" | "locked-out" | ReachRefusal }
  /** This login has ended already (a redelivery after the end); without an outcome when its time was over or it was superseded. */
  | { readonly kind: "ended"; readonly outcome: Uint8Array | undefined };

/** An answer and who checks it: the same answer may come with several exchanges at a time, and each checks it for itself. */
export interface AnswerCheck extends LoginRef {
  readonly answerId: AnswerId;
  /** The exchange that the answer came with. */
  readonly exchangeId: ExchangeId;
}

export interface AnswerRequest extends AnswerCheck {
  /** The round of the prompt that was answered; the first is 1. */
  readonly round: number;
  readonly lockout: Lockout;
}

export type Reserved =
  /**
   * Check it: a try is reserved for it (once, however often this is called). `triesLeft` besides this one; `context` is that
   * of `open`.
   */
  | {
      readonly kind: "check";
      readonly triesLeft: number;
      readonly context: Uint8Array;
      readonly challenge: Uint8Array;
    }
  /** Checked before: the same reply; `outcome` when the login ended with it, `waiting` the exchanges that waited for that. */
  | {
      readonly kind: "again";
      readonly reply: Uint8Array;
      readonly outcome: Uint8Array | undefined;
      readonly waiting: readonly Uint8Array[];
    }
  /** The login is unknown, expired or superseded: costs no try. */
  | { readonly kind: "late" }
  /**
   * `bound`: it had its right answer, and this is another one. `round`: the prompt was replaced. `no-tries`: wrong answers
   * and those under check have used up the challenge's tries, or the failures that the user has left; or more than
   * `MAX_CHECKS` exchanges check this very answer.
   */
  | { readonly kind: "refused"; readonly reason: "bound" | "round" | "no-tries" | "locked-out" };

/** What a checked answer leads to. */
export type Settlement = LoginRef & {
  readonly answerId: AnswerId;
  readonly keepMs: number;
  readonly lockout: Lockout;
} & (
    | {
        readonly kind: "right";
        readonly reply: Uint8Array;
        readonly outcome: Uint8Array;
        readonly remember?: readonly Remembered[];
      }
    | {
        readonly kind: "wrong";
        /** With a try left and no lock-out: the next round's prompt and challenge. */
        readonly prompt: Uint8Array;
        readonly challenge?: Uint8Array;
        /** It did not come from a prompt: the round and its prompt stay, and the reply for this answer is empty. */
        readonly staysInRound?: true;
        /** Otherwise: the login ends. */
        readonly reject: Uint8Array;
        readonly outcome: Uint8Array;
      }
    /** It asks to go on in another way, which costs no try. */
    | ({ readonly kind: "switch"; readonly exchange: WaitingBytes } & NextRound)
  );

/** How a login goes on. */
export interface NextRound {
  /** Empty: the exchanges wait for its end. */
  readonly prompt: Uint8Array;
  readonly challenge: Uint8Array;
  readonly reach: Reach | undefined;
  /** When the login ends; of a switch, at the latest. Absent: when it would have. */
  readonly untilMs?: number;
}

/** An exchange that waits for the end of a login, and what is to be known of it. */
export interface WaitingBytes {
  readonly exchangeId: ExchangeId;
  readonly bytes: Uint8Array;
}

export type Settled =
  /** The stored reply for this answer, and the login's outcome when it ended with it. An empty reply: its exchange waits. */
  | {
      readonly kind: "settled";
      readonly reply: Uint8Array;
      readonly outcome: Uint8Array | undefined;
      /** The exchanges that waited for the end. */
      readonly waiting: readonly Uint8Array[];
    }
  /** It cannot go on in that way; the login is as it was, and so is the try. */
  | { readonly kind: "refused"; readonly reason: "round" | ReachRefusal }
  /** The login ended otherwise meanwhile, or nothing is known of the reservation. */
  | { readonly kind: "late" };

export type Advanced =
  /** Goes on, now or since an earlier call; the exchanges that waited until then. */
  | {
      readonly kind: "advanced";
      readonly prompt: Uint8Array;
      readonly challenge: Uint8Array;
      readonly expiresAtMs: number;
      readonly waiting: readonly Uint8Array[];
    }
  | { readonly kind: "refused"; readonly reason: ReachRefusal }
  /** It is over, unknown, or in another round. */
  | { readonly kind: "late" };

export type Noted =
  | { readonly kind: "noted"; readonly waiting: readonly Uint8Array[] }
  /** It is over, unknown, or in another round. */
  | { readonly kind: "late" };

export type Waiting =
  /** It waits for the login's end; how the login is asked. */
  | { readonly kind: "waiting"; readonly challenge: Uint8Array }
  /** Ended with this outcome. */
  | { readonly kind: "ended"; readonly outcome: Uint8Array }
  /** It is over without an outcome, unknown or in another round, or too many wait. */
  | { readonly kind: "late" };

/** Remembered of a login that was let in, for logins after it: what they must have in common with it is in `scope`, a digest. */
export interface Remembered {
  readonly scope: string;
  readonly durationMs: number;
  /** Logins that may make use of it; 0: any number. */
  readonly uses: number;
  /**
   * Only for logins that began before this one ended, or within `ON_ITS_WAY_MS` of that: they would have joined it, had they been
   * looked at, or had they arrived, in time. One that makes use of it and was looked at `LATE_MS` late ends it anew, for the one
   * that its client has sent meanwhile.
   */
  readonly onlyEarlier?: true;
}

export type Finished =
  /** Ended with this outcome, now or before by somebody who was faster. */
  | { readonly kind: "finished"; readonly outcome: Uint8Array; readonly waiting: readonly Uint8Array[] }
  /** Expired, superseded, unknown, or ended by an answer. */
  | { readonly kind: "late" };

export type Refused =
  /** Ended with this outcome, now or before. */
  | { readonly kind: "ended"; readonly outcome: Uint8Array }
  /** One of its answers is under check, which decides; or it is expired, superseded, held or unknown. */
  | { readonly kind: "late" };

export interface FinishRequest extends LoginRef {
  readonly outcome: Uint8Array;
  readonly keepMs: number;
  /** Of a denial; 0 or absent: none. */
  readonly coolDownMs?: number;
  /** Of an approval. */
  readonly remember?: readonly Remembered[];
}

export interface RecallRequest extends LoginRef {
  /** When this login began. */
  readonly beganAtMs: number;
  readonly scopes: readonly string[];
}

export interface HeldLogins {
  /** In no order. */
  readonly logins: readonly LoginRef[];
  readonly more: boolean;
}

/** What is known of a login. */
export type LoginStatus =
  | {
      readonly kind: "open";
      /** No prompt is shown: its exchanges wait. */
      readonly held: boolean;
      readonly round: number;
      readonly expiresAtMs: number;
      readonly context: Uint8Array;
      readonly challenge: Uint8Array;
    }
  | { readonly kind: "ended"; readonly outcome: Uint8Array | undefined }
  | { readonly kind: "unknown" };

interface Unanswered {
  readonly context: Uint8Array;
  readonly challenge: Uint8Array;
  readonly waiting: readonly Uint8Array[];
}

export type Expired =
  /** Ended now because its time was over; `context` is that of `open`. */
  | ({ readonly kind: "expired" } & Unanswered)
  /** Taken the place of by another login. */
  | ({ readonly kind: "superseded" } & Unanswered)
  /** Ended before, with this outcome. */
  | { readonly kind: "ended"; readonly outcome: Uint8Array; readonly waiting: readonly Uint8Array[] }
  /** Not yet due. */
  | { readonly kind: "running"; readonly expiresAtMs: number }
  | { readonly kind: "unknown" };

/** Logins with an open challenge. Records carry the tag of the user's id. A login has one end; the first writer wins. */
export interface LoginStore {
  /**
   * Opens the login's challenge. The due entry is written before the record, at the expiry plus `DUE_GRACE_MS`.
   * Joined: an open login of this user with the same client, credential and a station that both have. Superseded: every
   * other open login from the same (present) station. Refused: more than `maxOpen` side by side, locked out, or no phone may
   * be reached, for one that would; one that joins reaches nobody anew.
   */
  open(request: OpenRequest): Promise<Opened>;
  /**
   * Reserves a try for an answer. Once an answer id: a redelivery reserves none, and another exchange with the same answer
   * shares it. Answers under check and wrong ones count
   * against the challenge's tries and against the user's failures, so that parallel guesses can't exceed either.
   * What was reserved in time may be settled after the expiry, until somebody calls `expire`.
   */
  reserve(request: AnswerRequest): Promise<Reserved>;
  /**
   * Ends the check of a reserved answer. Right: the login ends, bound to this answer, and the try is given back. Wrong:
   * the user's failures grow, and the login gets its next round (`prompt` becomes the current one) or ends. The next round
   * is the one after the answered one: of several wrong answers to one prompt the first makes the next prompt. A wrong one
   * counts against the user also when its login has ended meanwhile: else whoever closes a prompt in time guesses for free.
   * Switch: the next round asks in another way; refused, the answer is as if it had never been given.
   */
  settle(settlement: Settlement): Promise<Settled>;
  /**
   * This exchange's check could not be made (a store was away). The try is given back when no other exchange checks the same
   * answer: what somebody else still relies on is not this one's to give.
   */
  release(request: AnswerCheck): Promise<void>;
  /**
   * Ends a login by a word that came for it by another way than its prompts; the first one stands. After a denial no phone is
   * reached for logins from the same station for `coolDownMs`, and nothing that is remembered of the user counts any more.
   */
  finish(request: FinishRequest): Promise<Finished>;
  /** Lets a login go on in another way, for all exchanges that wait: from `fromRound`, so that it is done once. */
  advance(request: LoginRef & NextRound & { readonly fromRound: number }): Promise<Advanced>;
  /** Changes how a login is asked within its round, and tells who waits. */
  note(request: LoginRef & { readonly round: number; readonly challenge: Uint8Array }): Promise<Noted>;
  /** Lets one more exchange wait for a login's end, which comes by `untilMs` at the latest. */
  wait(
    request: LoginRef & { readonly round: number; readonly exchange: WaitingBytes; readonly untilMs: number },
  ): Promise<Waiting>;
  /** The first of `scopes` that is remembered of another login; one with a limited number of uses is used by this login, once. */
  recall(request: RecallRequest): Promise<string | undefined>;
  /** Ends a login whose answer was refused unchecked, unless another of its answers is under check; the first end stands. */
  refuse(request: LoginRef & { readonly outcome: Uint8Array; readonly keepMs: number }): Promise<Refused>;
  /**
   * Listed logins that may still be answered, at most `limit`, however many other logins are open: for people who want to see
   * what waits. `more`: there are others. One that has just ended may still be among them.
   */
  held(limit: number): Promise<HeldLogins>;
  /** The listed login with this id, whoever's it is. */
  findHeld(loginId: LoginId): Promise<LoginRef | undefined>;
  /** A user's open logins, for whoever has to end them all; one that has just ended may still be among them. */
  openLogins(userId: UserId): Promise<readonly LoginRef[]>;
  /** Reads a login without changing it. */
  inspectLogin(ref: LoginRef): Promise<LoginStatus>;
  /** Ends a login whose time is over, or tells how it ended. */
  expire(request: LoginRef & { readonly keepMs: number }): Promise<Expired>;
}

/** A login that is looked at so long after it began was held up: by a process that died, or a queue. */
export const LATE_MS = 1_000;
/** How long a request may be on its way, with what of it was lost and sent again. */
export const ON_ITS_WAY_MS = 5_000;
/** What is remembered of one user; a further entry takes the place of the one that ends first. */
export const MAX_REMEMBERED = 64;
/** Exchanges that may wait for the end of one login; a further one is refused. */
export const MAX_WAITING_EXCHANGES = 32;
/** Exchanges that may check the same answer at a time; a further one is refused. */
export const MAX_CHECKS = 32;
