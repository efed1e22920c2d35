import type { Clock, Random } from "@portcullis/kit";
import type { MalformedReason, ReplyFault, SharedSecret } from "@portcullis/radius";

/**
 * Whether a reply needs a Message-Authenticator to be taken. With `auto` it does as soon as one reply without EAP had one;
 * until then whoever sits between us and the server can forge replies (BlastRADIUS).
 */
export type MessageAuthenticatorRequirement = "yes" | "no" | "auto";

/** One server of a target. */
export interface TargetServerOptions {
  /** An address; of a name its IPv4 address, asked for with every new socket. */
  readonly address: string;
  readonly port: number;
  readonly secret: SharedSecret;
  readonly requireMessageAuthenticator: MessageAuthenticatorRequirement;
  /** What `auto` had learnt before this process started. */
  readonly messageAuthenticatorLearnt?: boolean;
}

/** When the same octets are sent again. RFC 5080 section 2.2.1. */
export interface RetransmissionOptions {
  /** The wait after the first time; each further wait is about twice the one before. */
  readonly firstWaitMs: number;
  /** How often a request is sent, the first time included. */
  readonly tries: number;
}

/** When a server counts as gone, and when as back. */
export interface HealthOptions {
  /** Requests without an answer, none answered in between, after which an alive server is a zombie. */
  readonly timeoutsToZombie: number;
  /** How long a zombie stays silent before it is dead. */
  readonly zombiePeriodMs: number;
  /** Whether the server answers Status-Server, RFC 5997. */
  readonly statusServer: boolean;
  /** The time between two checks of a zombie or dead server. */
  readonly checkIntervalMs: number;
  /** How long a check waits for its answer. */
  readonly checkTimeoutMs: number;
  /** Checks answered in a row that bring a server back. */
  readonly answersToAlive: number;
  /** How long a server that answers no Status-Server stays dead before it is tried again. */
  readonly reviveIntervalMs: number;
}

/**
 * `alive` is asked in its order. `zombie` left several requests unanswered and is asked when no other is alive. `dead` was
 * silent for longer than the zombie period and is asked only when all are.
 */
export type ServerState = "alive" | "zombie" | "dead";

/** What happened, for metrics; each call returns at once. Servers are told apart by their id. */
export interface TargetMetrics {
  requestSent(server: string, code: number, attempt: number): void;
  replyReceived(server: string, code: number, elapsedMs: number): void;
  /** A datagram that changed nothing. */
  replyIgnored(server: string, reason: IgnoredReason): void;
  timedOut(server: string): void;
  stateChanged(server: string, state: ServerState): void;
  /** A request that was refused because this client of ours, or all together, had too many under way. */
  refusedBusy(client: string): void;
}

/** Why a datagram from a server is no reply to what waits. */
export type IgnoredReason = ReplyFault | MalformedReason | "nobody-waits" | "proxy-state-missing" | "proxy-state-other";

/** A target of type `radius`. */
export interface RadiusTargetOptions {
  /** For errors. */
  readonly name: string;
  /** In the order in which they are asked; 1 to MAX_SERVERS. */
  readonly servers: readonly TargetServerOptions[];
  /** Our own Proxy-State: random, and the same for the whole installation, so that a gateway of ours knows a loop. */
  readonly proxyState: Uint8Array;
  readonly retransmission?: RetransmissionOptions;
  /** How long a server may take for a request before the next one is asked. */
  readonly responseWindowMs?: number;
  readonly health?: HealthOptions;
  /** The most requests under way, 1 to MAX_OUTSTANDING. */
  readonly maxOutstanding?: number;
  /** The part of them that one RADIUS client of ours may hold, above 0 up to 1. */
  readonly clientShare?: number;
}

/** What a target needs from the process it runs in. */
export interface TargetPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: TargetMetrics;
  /** Called once per server when `auto` has learnt; whoever keeps it hands it back as `messageAuthenticatorLearnt`. */
  readonly messageAuthenticatorLearnt: (server: string) => void;
}

export const MAX_SERVERS = 16;
/** Identifiers of one socket. RFC 2865 section 3. */
export const IDENTIFIERS = 256;
/** The most sockets of one server that take requests. */
export const MAX_SOCKETS_PER_SERVER = 32;
/** The most requests under way to a target; one socket more than they need is left for checks. */
export const MAX_OUTSTANDING = (MAX_SOCKETS_PER_SERVER - 1) * IDENTIFIERS;
/** The most requests under way to a dead server: enough to notice that it is back, too few to fill anything. */
export const MAX_OUTSTANDING_WHEN_DEAD = 16;

export const DEFAULT_RETRANSMISSION: RetransmissionOptions = { firstWaitMs: 3000, tries: 3 };
export const DEFAULT_RESPONSE_WINDOW_MS = 20_000;
/**
 * With all of them under way, a process still takes events for other targets: a consumer has 2,048 under way at once. A
 * target that answers in 20 ms does 38,000 a second with these; one that waits for a person for 20 s, 38.
 */
export const DEFAULT_OUTSTANDING = 768;
export const DEFAULT_CLIENT_SHARE = 0.5;
export const DEFAULT_HEALTH: HealthOptions = {
  timeoutsToZombie: 3,
  zombiePeriodMs: 40_000,
  statusServer: true,
  checkIntervalMs: 30_000,
  checkTimeoutMs: 4000,
  answersToAlive: 3,
  reviveIntervalMs: 120_000,
};
