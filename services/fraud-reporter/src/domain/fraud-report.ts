/** By which way somebody said that a login was not hers. */
export const FRAUD_CHANNELS = ["app", "call", "text", "command"] as const;
export type FraudChannel = (typeof FRAUD_CHANNELS)[number];

/** The word of a user, or of an operator for her, that a login was not hers. */
export interface FraudReport {
  /** The same for a report that is told twice. */
  readonly reportId: string;
  readonly userId: string;
  /** As it was typed at the login. */
  readonly userName: string;
  /** Empty when no login is meant. */
  readonly loginId: string;
  readonly client: string;
  readonly application: string;
  readonly station: string;
  readonly sourceAddress: string;
  readonly channel: FraudChannel;
  readonly reportedAtMs: number;
  /** Who reported it by command, and what she wrote about it; both may be empty. */
  readonly operator: string;
  readonly note: string;
}

/** What the configuration says about reports. */
export interface FraudRules {
  /** Whether a report blocks its user. */
  readonly block: boolean;
  /** For how many days; 0: until somebody unblocks her. */
  readonly blockDays: number;
  /** Who gets a mail of each report. */
  readonly mail: readonly string[];
  /** Of the mails. */
  readonly language: string;
}

/** In force where the configuration says nothing. */
export const DEFAULT_RULES: FraudRules = { block: true, blockDays: 90, mail: [], language: "en" };
