import type { CallWords, Script } from "../domain/call-script.js";
import type {
  CallState,
  ChallengeResult,
  DeliveryState,
  Handed,
  Kind,
  Leg,
  Notice,
  Outcome,
  ReachMethod,
} from "../domain/delivery.js";
import type { Texts } from "../domain/texts.js";

/** What is needed of a challenge as long as it is open; sealed where it is kept. */
export interface ChallengeDetails extends CallWords {
  readonly number: string;
  readonly extension: string;
  /** May be empty, as its extension. */
  readonly backupNumber: string;
  readonly backupExtension: string;
  readonly twoWay: boolean;
  /** Of a text. */
  readonly code: string;
}

/** A person has to be reached. */
export interface IssuedChallenge {
  readonly challengeId: string;
  readonly loginId: string;
  readonly userId: string;
  readonly method: ReachMethod;
  /** When nobody is reached any more, on the store's clock. */
  readonly deadlineMs: number;
  /** 1 for the first; the answer to the one before was wrong. */
  readonly attempt: number;
  readonly notice: Notice;
  readonly details: ChallengeDetails;
}

/** A challenge that was issued, as it stands now. */
export interface ChallengeRecord extends IssuedChallenge {
  /** How it ended; undefined while it is open. */
  readonly result: ChallengeResult | undefined;
  /** The attempt that was answered last; 0: none. */
  readonly answeredAttempt: number;
  readonly call: {
    readonly leg: Leg;
    readonly state: CallState;
    readonly provider: string;
    readonly reference: string;
    /** How often it has asked without an answer. */
    readonly unheard: number;
    /** Until when somebody waits with the caller on the line, and says what comes himself. */
    readonly listeningUntilMs: number;
  };
}

export interface ClosedChallenge {
  readonly challengeId: string;
  readonly loginId: string;
  readonly userId: string;
  readonly method: ReachMethod;
  readonly result: ChallengeResult;
  readonly deadlineMs: number;
}

/** What is placed, and where it stands. */
export interface CallPlace {
  readonly challengeId: string;
  readonly leg: Leg;
}

/** The challenges that are open, and how their calls stand. Every step is atomic: replicas meet in it. */
export interface Challenges {
  /**
   * Keeps a challenge, or raises the attempt of one that is kept. A challenge that was closed before stays so.
   * @param numberDigest by which replies to a text find it; undefined of calls
   */
  open(issued: IssuedChallenge, numberDigest: string | undefined, nowMs: number): Promise<ChallengeRecord>;
  /** @returns what it was, undefined when it is not known (yet): then it can't be opened any more */
  close(closed: ClosedChallenge, nowMs: number): Promise<ChallengeRecord | undefined>;
  find(challengeId: string): Promise<ChallengeRecord | undefined>;
  /** The newest that is open and whose text went to this number. */
  findOpenText(numberDigest: string, nowMs: number): Promise<ChallengeRecord | undefined>;
  /** Open calls of a user besides those of `challengeId`. */
  callsOf(userId: string, except: string): Promise<readonly ChallengeRecord[]>;
  /** Begins to dial, once for each leg. @returns false when it is over, or that leg was dialled already */
  startCall(place: CallPlace, nowMs: number): Promise<boolean>;
  /** Where a leg's call is; `state` only ever goes on. @returns the challenge after it, undefined when the leg is another */
  moveCall(move: CallMove, nowMs: number): Promise<ChallengeRecord | undefined>;
  /** @returns true for the one who ends it */
  endCall(place: CallPlace, nowMs: number): Promise<boolean>;
  /** The attempt was answered. */
  answered(challengeId: string, attempt: number): Promise<void>;
  /** Nothing was pressed. @returns how often now */
  unheard(challengeId: string): Promise<number>;
  listening(challengeId: string, untilMs: number): Promise<void>;
  /** Calls that nobody has taken since, and calls that outlived their challenge. */
  overdueCalls(rung: { readonly sinceMs: number; readonly endedMs: number }): Promise<readonly ChallengeRecord[]>;
  /** Deletes what ended before. @returns how many */
  forget(endedBeforeMs: number, limit: number): Promise<number>;
}

export interface CallMove extends CallPlace {
  readonly state: "ringing" | "talking";
  readonly provider: string;
  readonly reference: string;
}

/** One thing that was to be sent, once: by its challenge and its step. */
export interface Delivery {
  readonly challengeId: string;
  /** `call-first`, `call-backup`, `text-1`, ... */
  readonly step: string;
  readonly loginId: string;
  readonly userId: string;
  readonly method: ReachMethod;
  /** Masked. */
  readonly recipient: string;
  readonly deadlineMs: number;
  readonly provider: string;
  readonly reference: string;
  /** undefined: claimed, and nobody has said yet what became of it. */
  readonly state: DeliveryState | undefined;
  /** The process that claimed it. */
  readonly claimedBy: string;
  readonly claimedAtMs: number;
  /** Whether its state was published. */
  readonly told: boolean;
}

export type NewDelivery = Omit<Delivery, "provider" | "reference" | "state" | "told">;
export type DeliveryKey = Pick<Delivery, "challengeId" | "step">;

export interface Settlement extends DeliveryKey {
  readonly state: DeliveryState;
  readonly provider?: string;
  readonly reference?: string;
  /** Nobody is to hear of it. */
  readonly silent?: true;
  readonly atMs: number;
}

/** The log of deliveries, and the claim before each. */
export interface Deliveries {
  /** @returns undefined when it is ours to send, what is there already when it is not */
  claim(delivery: NewDelivery): Promise<Delivery | undefined>;
  /** Writes what became of it. @returns undefined when it said as much already */
  settle(settlement: Settlement): Promise<Delivery | undefined>;
  findByReference(provider: string, reference: string): Promise<Delivery | undefined>;
  markTold(key: DeliveryKey, state: DeliveryState): Promise<void>;
  /** Claimed before, and nobody has said what became of it: its sender died. */
  abandoned(claimedBeforeMs: number, limit: number): Promise<readonly Delivery[]>;
  /** Settled before, and not published. */
  untold(settledBeforeMs: number, limit: number): Promise<readonly Delivery[]>;
  forget(claimedBeforeMs: number, limit: number): Promise<number>;
}

/** A mail that waits to be sent; sealed where it is kept. */
export interface QueuedMail {
  readonly mailId: string;
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly body: string;
}

export type MailEnd = "sent" | "unknown" | "given-up";

export interface ClaimedMail extends QueuedMail {
  readonly tries: number;
  readonly queuedAtMs: number;
}

export interface Mails {
  /** A mail that is there already changes nothing. */
  queue(mail: QueuedMail, nowMs: number): Promise<void>;
  /** Takes mails that are due: nobody else has them until they are settled. */
  claimDue(nowMs: number, limit: number): Promise<readonly ClaimedMail[]>;
  again(mailId: string, nextTryAtMs: number): Promise<void>;
  end(mailId: string, end: MailEnd, provider: string): Promise<void>;
  /** Ends mails whose sender died, as unknown. @returns their ids */
  abandon(claimedBeforeMs: number): Promise<readonly string[]>;
  /** Deletes mails that have ended. @returns how many */
  forget(queuedBeforeMs: number, limit: number): Promise<number>;
}

export interface OutgoingCall extends CallPlace {
  readonly to: string;
  /** Dialled when the call is taken; may be empty. */
  readonly extension: string;
  /** What it says first. */
  readonly script: Script;
}

export interface OutgoingText {
  readonly challengeId: string;
  readonly step: string;
  readonly to: string;
  readonly text: string;
  /** How long it is of use to anybody. */
  readonly ttlSeconds: number;
}

/** Somebody who calls, texts or mails for us: what it does is what it has methods for. */
export interface Provider {
  readonly name: string;
  readonly does: ReadonlySet<Kind>;
  call?(call: OutgoingCall): Promise<Handed>;
  /** Breaks into an open call: says this and hangs up. */
  say?(reference: string, script: Script): Promise<void>;
  hangUp?(reference: string): Promise<void>;
  text?(text: OutgoingText): Promise<Handed>;
  mail?(mail: QueuedMail): Promise<Handed>;
  close(): Promise<void>;
}

/** Hands something to the first provider that takes it. */
export interface ProviderLine {
  hand(kind: Kind, deadlineMs: number, send: (provider: Provider) => Promise<Handed>): Promise<LineResult>;
  /** @returns undefined when the configuration has none of that name any more */
  find(name: string): Provider | undefined;
}

export type LineResult = { readonly provider: string } & (
  | { readonly kind: "taken"; readonly reference: string }
  | { readonly kind: "unreachable" | "unknown" | "no-provider" }
);

/** Texts as the configuration has them now. */
export interface TextSource {
  readonly texts: Texts;
}

/** What somebody pressed or wrote, as it came. */
export interface GivenAnswer {
  readonly challenge: ChallengeRecord;
  readonly channel: "call" | "text";
  readonly text: string;
}

export interface ReportedDelivery {
  readonly challengeId: string;
  readonly loginId: string;
  readonly userId: string;
  readonly method: ReachMethod;
  readonly outcome: Outcome;
  readonly provider: string;
  readonly deadlineMs: number;
}

export interface PushEnd {
  readonly userId: string;
  readonly deviceId: string;
  readonly endpoint: string;
}

/** What this service tells the others. */
export interface NotifierEvents {
  factorAnswered(answer: GivenAnswer): Promise<void>;
  deliveryReported(delivery: ReportedDelivery): Promise<void>;
  pushEnded(end: PushEnd): Promise<void>;
}

/** Waits without holding anything. */
export interface Pause {
  ms(durationMs: number): Promise<void>;
}

export interface DeliveryReport {
  delivered(provider: string, method: string, outcome: DeliveryState): void;
  took(provider: string, method: string, seconds: number): void;
  textDropped(): void;
}
