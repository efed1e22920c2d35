import type { ConfigurationError } from "./configuration-error.js";
import type { Secret } from "./secrets/secret.js";

/** What `portcullis.yaml` says: every default filled in, every secret resolved, every reference checked. */
export interface Configuration {
  /** Absolute path of the file this came from. */
  readonly file: string;
  readonly radius: { readonly listen: readonly ListenEntry[] };
  readonly clients: readonly ClientEntry[];
  readonly targets: readonly TargetEntry[];
  /** The users of the YAML file only; `readUsers` gives these and those of `usersFile`. */
  readonly users: readonly UserEntry[];
  /** Absolute path of the CSV file with more users. */
  readonly usersFile?: string;
  /** What is allowed and should be changed all the same: weak shared secrets. */
  readonly warnings: readonly ConfigurationError[];
}

/** A UDP address that the gateway answers on. */
export interface ListenEntry {
  /** IPv4 or IPv6 address. */
  readonly address: string;
  /** UDP port of authentication; 0 lets the system choose. */
  readonly authPort: number;
}

/** A RADIUS client (the NAS). */
export interface ClientEntry {
  readonly name: string;
  /** At least one; canonical CIDR with its length always written: `10.0.0.0/8`, `2001:db8::1/128`. */
  readonly addresses: readonly string[];
  /** One shared secret, or two during rotation, in the order of the file. */
  readonly secrets: readonly Secret[];
  /** Shown to people; the client's name when the file does not say. */
  readonly application: string;
  /** Name of an entry of `targets`. */
  readonly target: string;
  readonly mfa: boolean;
  readonly requireUserMatch: boolean;
  readonly requireMessageAuthenticator: boolean;
  readonly limitProxyState: boolean;
  readonly timeLimitSeconds: number;
  readonly challengeTimeLimitSeconds: number;
  readonly rejectDelayMs: number;
  readonly maxExchanges: number;
}

/** Where the first factor is checked. */
export interface TargetEntry {
  readonly name: string;
  readonly type: TargetType;
}

export type TargetType = "local" | "none";

/** A user. At most one of `password` and `passwordHash` is there. */
export interface UserEntry {
  /** As written in the file. */
  readonly name: string;
  /** `loginNameOf(name)`: unique over all users. */
  readonly loginName: string;
  readonly password?: Secret;
  /** argon2id in PHC form, its cost checked. */
  readonly passwordHash?: Secret;
  readonly enabled: boolean;
  readonly tokens: readonly TokenEntry[];
}

/** An OATH token of a user. */
export interface TokenEntry {
  /** Unique over all tokens. */
  readonly serial: string;
  readonly type: "totp";
  /** Canonical base32: upper case, no spaces, no padding. `decodeBase32` gives its 10 to 64 bytes. */
  readonly secret: Secret;
  readonly digits: TokenDigits;
  readonly periodSeconds: TokenPeriodSeconds;
  readonly algorithm: TokenAlgorithm;
}

export type TokenDigits = 6 | 7 | 8;
export type TokenPeriodSeconds = 30 | 60;
export type TokenAlgorithm = "sha1" | "sha256" | "sha512";
