import type { ConfigurationError } from "./configuration-error.js";
import type { Secret } from "./secrets/secret.js";
import type { FraudSettings } from "./settings/fraud-settings.js";
import type { MobileSettings } from "./settings/mobile-settings.js";
import type { NotificationsSettings } from "./settings/notifications-settings.js";
import type { Phone } from "./values/phone.js";
import type {
  FailMode,
  Language,
  Method,
  PinMode,
  RememberScope,
  SmsMode,
  UserMethod,
} from "./values/second-factor-words.js";

/** What `portcullis.yaml` says: every default filled in, every secret resolved, every reference checked. */
export interface Configuration {
  /** Absolute path of the file this came from. */
  readonly file: string;
  readonly radius: {
    readonly listen: readonly ListenEntry[];
    /** Embedded: threads that take packets from the UDP ports; the deciding thread itself when left out or 1. */
    readonly udpWorkers?: number;
    /** Of all clients together, of one gateway. */
    readonly maxRequestsPerSecond?: number;
  };
  readonly clients: readonly ClientEntry[];
  readonly targets: readonly TargetEntry[];
  /** In the order in which they are asked. */
  readonly policies: readonly PolicyEntry[];
  readonly notifications?: NotificationsSettings<Secret>;
  readonly mobile?: MobileSettings;
  readonly fraud?: FraudSettings;
  /** Embedded: where devices and providers reach us. */
  readonly http?: { readonly listen: readonly HttpListenEntry[] };
  /** Lets clients and policies have the method `manual`. */
  readonly allowManualAnswers: boolean;
  /** Absolute paths of the dictionaries that names of attributes were looked up in, beside the standard one. */
  readonly dictionaries: readonly string[];
  /** The users of the YAML file only; `readUsers` gives these and those of `usersFile`. */
  readonly users: readonly UserEntry[];
  /** Absolute path of the CSV file with more users. */
  readonly usersFile?: string;
  /** What is allowed and should be changed all the same: weak shared secrets. */
  readonly warnings: readonly ConfigurationError[];
}

/** An address that `/device/` and `/webhooks/` are served on. */
export interface HttpListenEntry {
  readonly address: string;
  /** TCP port; 0 lets the system choose. */
  readonly port: number;
  /** Absent where a proxy in front ends TLS. */
  readonly tls?: Omit<ListenTls, "ca">;
}

/** What clients and policies decide about second factors. */
export interface SecondFactorRules {
  readonly mfa: boolean | "enrolled";
  readonly requireUserMatch: boolean;
  /** Which may be used; never empty. */
  readonly methods: readonly Method[];
  readonly failMode: FailMode;
  readonly fallback: boolean;
  /** Canonical CIDR with its length always written. */
  readonly trustedNetworks: readonly string[];
  /** At most one of each scope. */
  readonly remember: readonly RememberRule[];
  readonly methodWords: boolean;
  readonly appMatch: boolean;
}

export interface RememberRule {
  readonly scope: RememberScope;
  readonly seconds: number;
}

/** Second factors for some users or clients; what is absent is left to the policies behind it, at last to the client. */
export interface PolicyEntry extends Partial<SecondFactorRules> {
  readonly name: string;
  /** Names of entries of `clients`; absent: for all. */
  readonly clients?: readonly string[];
  /** For users in one of these, in canonical form as in `UserEntry.groups`; absent: for everybody. */
  readonly groups?: readonly string[];
}

/** An address that the gateway answers on, over UDP or over TLS. */
export type ListenEntry = UdpListenEntry | TlsListenEntry;

interface UdpListenEntry {
  /** IPv4 or IPv6 address. */
  readonly address: string;
  /** UDP port of authentication; 0 lets the system choose. */
  readonly authPort: number;
  /** UDP port of accounting; 0 lets the system choose. */
  readonly acctPort?: number;
  /** Networks whose packets must begin with a header of the PROXY protocol; canonical CIDR. */
  readonly proxyProtocol?: readonly string[];
}

interface TlsListenEntry {
  readonly address: string;
  /** TCP port; 0 lets the system choose. */
  readonly tlsPort: number;
  readonly tls: ListenTls;
  readonly proxyProtocol?: readonly string[];
}

/** Where the PEM texts are; paths are absolute. They are read when the listener opens. */
interface ListenTls {
  readonly certificate: string;
  readonly key: string | { readonly fromEnv: string };
  readonly ca: string;
}

/** A RADIUS client (the NAS). */
export interface ClientEntry extends SecondFactorRules {
  readonly name: string;
  /** Canonical CIDR with its length always written: `10.0.0.0/8`, `2001:db8::1/128`. At least one where there is no `tls`. */
  readonly addresses: readonly string[];
  /** One shared secret, or two during rotation, in the order of the file. At least one where there is no `tls`. */
  readonly secrets: readonly Secret[];
  /** How the client is known over TLS. */
  readonly tls?: { readonly certificates: readonly string[] };
  /** Shown to people; the client's name when the file does not say. */
  readonly application: string;
  /** Name of an entry of `targets`. */
  readonly target: string;
  /** In the order of the file, in which all that match a user apply. */
  readonly replyAttributes: readonly ReplyAttributeRule[];
  /** Absent: 10 for requests without a credential, 0 for others. */
  readonly reconnectWindowSeconds?: number;
  readonly requireMessageAuthenticator: boolean;
  readonly limitProxyState: boolean;
  readonly prompting: "auto" | "always" | "never";
  readonly joinWithoutStation: boolean;
  /** How users append a code to their password; undefined where they do not. */
  readonly appendedCode?: AppendedCodeRule;
  readonly openvpnStaticChallenge: boolean;
  /** Only where the target is a RADIUS server. */
  readonly downloadableAcls: boolean;
  readonly passwordCharset: "utf-8" | "latin1" | "windows-1252";
  /** `forward` only where the target is a RADIUS server. */
  readonly accounting: "off" | "record" | "forward";
  /** What the client is told then, at its time limit. */
  readonly whenTargetUnavailable: "silent" | "reject";
  readonly timeLimitSeconds: number;
  readonly challengeTimeLimitSeconds: number;
  readonly rejectDelayMs: number;
  readonly maxExchanges: number;
  /** Of one gateway. */
  readonly maxRequestsPerSecond: number;
}

/** What stands between a password and the code behind it; where nothing does, how many digits the code has. */
export type AppendedCodeRule = { readonly separator: string } | { readonly digits: number };

/** Attributes that an Access-Accept gets. */
export interface ReplyAttributeRule {
  /** For users in one of these, in canonical form as in `UserEntry.groups`; for everybody where it is not there. */
  readonly groups?: readonly string[];
  /** As on the wire, behind each other, hidden values in clear: a secret as a whole, since such values may be in it. */
  readonly attributes: Secret<Uint8Array>;
  /** The same as the file has it, each name with its values. */
  readonly written: Readonly<Record<string, readonly WrittenValue[]>>;
}

/** A value of an attribute; a secret where the attribute is hidden. */
export type WrittenValue = string | number | boolean | Secret;

/** Where the first factor is checked. */
export type TargetEntry = OwnTargetEntry | RadiusTargetEntry;

export interface OwnTargetEntry {
  readonly name: string;
  readonly type: "local" | "none";
}

export interface RadiusTargetEntry {
  readonly name: string;
  readonly type: "radius";
  /** In the order in which they are asked; at least one. */
  readonly servers: readonly TargetServerEntry[];
  /** Its Access-Accept names whom it has proven inside of an EAP tunnel, and never repeats the outer name. */
  readonly returnsInnerIdentity: boolean;
  /** How long one server may take before the next one is asked. */
  readonly responseWindowSeconds: number;
}

export interface TargetServerEntry {
  readonly address: string;
  readonly port: number;
  readonly accountingPort: number;
  readonly secret: Secret;
  readonly requireMessageAuthenticator: "yes" | "no" | "auto";
}

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
  /** Lower-cased, each once, sorted. */
  readonly groups: readonly string[];
  readonly phone?: Secret<Phone>;
  readonly backupPhone?: Secret<Phone>;
  readonly language: Language;
  readonly mail?: string;
  /** Which she may use; absent: all that she has. */
  readonly methods?: readonly UserMethod[];
  /** One of `methods`, where they are there. */
  readonly defaultMethod?: UserMethod;
  readonly smsMode: SmsMode;
  readonly voiceMode: PinMode;
  readonly appMode: PinMode;
  /** 4 to 16 digits; at most one of `pin` and `pinHash` is there. */
  readonly pin?: Secret;
  /** argon2id in PHC form, its cost checked. */
  readonly pinHash?: Secret;
  readonly tokens: readonly TokenEntry[];
}

/** An OATH token of a user. */
export interface TokenEntry {
  /** Unique over all tokens. */
  readonly serial: string;
  readonly type: TokenType;
  /** Canonical base32: upper case, no spaces, no padding. `decodeBase32` gives its 10 to 64 bytes. */
  readonly secret: Secret;
  readonly digits: TokenDigits;
  /** Of no meaning for hotp. */
  readonly periodSeconds: TokenPeriodSeconds;
  readonly algorithm: TokenAlgorithm;
  /** hotp: of the next code, when the token is taken over. 0 for totp. */
  readonly counter: number;
}

export type TokenType = "totp" | "hotp";

export type TokenDigits = 6 | 7 | 8;
export type TokenPeriodSeconds = 30 | 60;
export type TokenAlgorithm = "sha1" | "sha256" | "sha512";
