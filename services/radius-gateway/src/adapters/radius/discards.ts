import type { Log } from "@portcullis/kit";
import type { NoAnswer } from "@portcullis/login";
import type { DiscardReason } from "@portcullis/radius";
import type { GatewayMetrics } from "../prometheus/gateway-metrics.js";
import type { TooFast } from "./admission.js";
import type { ClientUsage } from "./client-usage.js";
import { HINT_MISSING, HINT_NO_CREDENTIAL, HINT_PROXY_STATE, HINT_WRONG, hintForStranger } from "./hints.js";

/** Why a request gets no answer: a closed list, and the label of the metric. */
export type Unanswered =
  | DiscardReason
  | Exclude<NoAnswer, "waiting-here">
  /** No client has this source address. */
  | "client-unknown"
  /** The client's secrets cannot be opened. */
  | "secret-unreadable"
  /** Nothing can be sent to this source. */
  | "source-unusable"
  /** More exchanges wait here than may. */
  | "too-many-waiting"
  /** This process has more to do than it can: answers and what waits come first, a new login does not. */
  | "overloaded"
  | TooFast
  /** An Accounting-Request of a client that has accounting switched off. */
  | "accounting-off"
  /** An Accounting-Request that we have sent to a target, and that came back. */
  | "accounting-loop"
  /** From a proxy, without a right header of the PROXY protocol in front. */
  | "proxy-header-wrong"
  /** From a proxy that does not tell whose packet it is. */
  | "proxy-source-missing"
  /** CHAP over RADIUS/1.1 without a challenge of its own. RFC 9765 section 5.1.2. */
  | "chap-challenge-missing"
  /** Status-Server while this process is not ready. */
  | "not-ready"
  /** A fault of ours. */
  | "bug";

export const UNKNOWN_CLIENT = "unknown";
/** One client and reason is logged once in this time. */
const LOG_EVERY_MS = 10_000;
/** Pairs of client and reason that are remembered; beyond, all are forgotten. */
const MAX_REMEMBERED = 10_000;
/** Other sources of the same trouble that one line names. */
const MAX_OTHER_SOURCES = 8;

/** What the operator does about it; what is not here explains itself or is our own trouble, reported elsewhere. */
const HINTS: Partial<Record<Unanswered, string | ((sourceAddress: string) => string)>> = {
  "client-unknown": hintForStranger,
  "secret-unreadable": "Check that this process has all keys of the key ring.",
  "message-authenticator-wrong": HINT_WRONG,
  "request-authenticator-wrong": HINT_WRONG,
  "message-authenticator-missing": HINT_MISSING,
  "proxy-state-unsigned": HINT_PROXY_STATE,
  "credential-missing-unsigned": HINT_NO_CREDENTIAL,
  "code-not-allowed": "Only Access-Request and Status-Server belong on this port; accounting has another one.",
  "accounting-off":
    "The configuration has accounting: off for this client: switch it off there too, let it ask another server, or write record.",
  "accounting-loop":
    "The client's target sends accounting back to us: let it answer itself, or write accounting: record.",
  "proxy-header-wrong":
    "This address is listed in proxyProtocol: let the proxy send version 2 of the PROXY protocol, or take it off the list.",
  refused: "The client has more exchanges than its maxExchanges.",
  "user-busy": "One name asks more often than it is answered: a client that loops, or a flood of guesses.",
  overloaded: "Look for a store or target that is away or slow; give the gateway more processor, or add gateways.",
  "client-too-fast": "The client sends more than its maxRequestsPerSecond: a loop, or guesses; or raise it.",
  "source-too-fast":
    "One address sends four times the client's maxRequestsPerSecond: a flood, perhaps with a forged address; or raise it.",
  "gateway-too-fast":
    "All clients together send more than radius.maxRequestsPerSecond: a flood; or add gateways, or raise it.",
  "too-many-waiting": "Look for a store or target that is away or slow; add gateways.",
};

interface Trouble {
  readonly client: string;
  readonly reason: string;
  readonly sourceAddress: string;
}

/** What was logged last of a client and reason, and what came since. */
interface Logged {
  readonly atMs: number;
  since: number;
  readonly otherSources: Set<string>;
}

/**
 * Counts what gets no answer and says so in the log: one line for each client and reason in ten seconds. Strangers are one
 * client in this: whoever sends from many addresses makes no more labels and no more lines.
 */
export class Discards {
  readonly #metrics: GatewayMetrics;
  readonly #usage: ClientUsage;
  readonly #log: Log;
  readonly #logged = new Map<string, Logged>();

  constructor(metrics: GatewayMetrics, usage: ClientUsage, log: Log) {
    this.#metrics = metrics;
    this.#usage = usage;
    this.#log = log;
  }

  /** @param client its name, or {@link UNKNOWN_CLIENT} */
  add(client: string, reason: Unanswered, sourceAddress: string): void {
    this.#metrics.discarded.inc({ client, reason });
    this.#usage.addDropped(client, reason);
    const hint = HINTS[reason];
    const trouble = { client, reason, sourceAddress };
    this.#report("radius.discarded", trouble, typeof hint === "function" ? hint(sourceAddress) : hint);
  }

  /** A password that is no text, in a request that proves nothing. It is refused, not discarded. */
  addSecretSuspect(client: string, sourceAddress: string): void {
    this.#metrics.secretSuspect.inc({ client });
    const trouble = { client, reason: "password-unreadable", sourceAddress };
    this.#report("radius.wrong_secret_suspected", trouble, `The password is no text. ${HINT_WRONG}`);
  }

  #report(event: string, trouble: Trouble, hint: string | undefined): void {
    const key = `${trouble.client}|${trouble.reason}`;
    const nowMs = performance.now();
    const logged = this.#logged.get(key);
    if (logged !== undefined && nowMs - logged.atMs < LOG_EVERY_MS) {
      logged.since++;
      if (logged.otherSources.size < MAX_OTHER_SOURCES) logged.otherSources.add(trouble.sourceAddress);
      return;
    }
    if (this.#logged.size >= MAX_REMEMBERED) this.#logged.clear();
    this.#logged.set(key, { atMs: nowMs, since: 0, otherSources: new Set() });
    const otherSources = [...(logged?.otherSources ?? [])].filter((address) => address !== trouble.sourceAddress);
    this.#log.warn(event, {
      ...trouble,
      count: 1 + (logged?.since ?? 0),
      ...(otherSources.length > 0 ? { otherSources } : {}),
      hint,
    });
  }
}
