import type { Log } from "@portcullis/kit";
import type { NoAnswer } from "@portcullis/login";
import type { DiscardReason } from "@portcullis/radius";
import type { GatewayMetrics } from "../prometheus/gateway-metrics.js";

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
  /** Status-Server while this process is not ready. */
  | "not-ready"
  /** A fault of ours. */
  | "bug";

export const UNKNOWN_CLIENT = "unknown";
/** One client and reason is logged once in this time. */
const LOG_EVERY_MS = 10_000;
/** Pairs of client and reason that are remembered; beyond, all are forgotten. */
const MAX_REMEMBERED = 10_000;

/** What the operator does about it; what is not here explains itself or is our own trouble, reported elsewhere. */
const HINTS: Partial<Record<Unanswered, string>> = {
  "client-unknown": "Add a client with this address to the configuration.",
  "secret-unreadable": "Check that this process has all keys of the key ring.",
  "message-authenticator-wrong": "The shared secrets differ, or somebody forges packets.",
  "message-authenticator-missing":
    "The client sends no Message-Authenticator: update it or switch it on there; or set requireMessageAuthenticator to false.",
  "proxy-state-unsigned":
    "Proxy-State without Message-Authenticator is what BlastRADIUS looks like: switch it on at the proxy; or set limitProxyState to false.",
  "credential-missing-unsigned":
    "RD Gateway sends no password: let the NPS in front of it add Message-Authenticator; or set requireMessageAuthenticator to false.",
  "code-not-allowed": "Only Access-Request and Status-Server belong on this port; accounting has another one.",
  refused: "The client has more exchanges than its maxExchanges.",
  "user-busy": "One name asks more often than it is answered: a client that loops, or a flood of guesses.",
  "too-many-waiting": "Look for a store or target that is away or slow; add gateways.",
};

/** Counts what gets no answer and says so in the log: one line for each client and reason in ten seconds. */
export class Discards {
  readonly #metrics: GatewayMetrics;
  readonly #log: Log;
  readonly #logged = new Map<string, { atMs: number; since: number }>();

  constructor(metrics: GatewayMetrics, log: Log) {
    this.#metrics = metrics;
    this.#log = log;
  }

  /** @param client its name, or {@link UNKNOWN_CLIENT} */
  add(client: string, reason: Unanswered, sourceAddress: string): void {
    this.#metrics.discarded.inc({ client, reason });
    this.#report("radius.discarded", { client, reason, sourceAddress }, HINTS[reason]);
  }

  /** A password that is no text, in a request that proves nothing. It is refused, not discarded. */
  addSecretSuspect(client: string, sourceAddress: string): void {
    this.#metrics.secretSuspect.inc({ client });
    const hint = "The password is no text: most likely the shared secrets differ.";
    this.#report("radius.wrong_secret_suspected", { client, reason: "password-unreadable", sourceAddress }, hint);
  }

  #report(
    event: string,
    fields: { readonly client: string; readonly reason: string; readonly sourceAddress: string },
    hint: string | undefined,
  ): void {
    const key = `${fields.client}|${fields.reason}`;
    const nowMs = performance.now();
    const logged = this.#logged.get(key);
    if (logged !== undefined && nowMs - logged.atMs < LOG_EVERY_MS) {
      logged.since++;
      return;
    }
    if (this.#logged.size >= MAX_REMEMBERED) this.#logged.clear();
    this.#logged.set(key, { atMs: nowMs, since: 0 });
    this.#log.warn(event, { ...fields, count: 1 + (logged?.since ?? 0), hint });
  }
}
