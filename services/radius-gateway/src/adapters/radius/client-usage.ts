import type { Clock } from "@portcullis/kit";
import type { DiscardReason, ReceivedRequest, SharedSecret } from "@portcullis/radius";
import type { RadiusClient } from "./radius-client.js";

/** What this process has seen of a client since it started, or since the client was added. */
export interface ClientCounts {
  /** Requests that passed every check of the packet, retransmissions counted. */
  readonly requests: number;
  /** Those of them with a Message-Authenticator, or over TLS. */
  readonly signed: number;
  /** Those of them without; nothing vouches for them. */
  readonly unsigned: number;
  /** Requests that were dropped because they had no Message-Authenticator. */
  readonly droppedUnsigned: number;
  /** Requests whose Message-Authenticator fits no secret of the client. */
  readonly droppedWrongSecret: number;
  /** Of any request with the client's address, dropped ones too. */
  readonly lastRequestAtMs: number | undefined;
}

type Counts = { -readonly [Key in keyof ClientCounts]: ClientCounts[Key] } & {
  /** The client whose secrets `secretUsedAtMs` is about: those of another generation are other ones. */
  generation: bigint | undefined;
  secretUsedAtMs: (number | undefined)[];
};

const UNSIGNED: ReadonlySet<string> = new Set<DiscardReason>([
  "message-authenticator-missing",
  "proxy-state-unsigned",
  "credential-missing-unsigned",
]);
const WRONG_SECRET: ReadonlySet<string> = new Set<DiscardReason>([
  "message-authenticator-wrong",
  "request-authenticator-wrong",
]);

/** What one process or thread has seen, by the client's name. */
export type UsageSnapshot = ReadonlyMap<string, Readonly<Counts>>;

/** Counts what each client sends, in memory: as many entries as there are clients, whoever sends what. */
export class ClientUsage {
  readonly sinceMs: number;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #byName = new Map<string, Counts>();

  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
    this.sinceMs = clock.nowMs();
  }

  addRequest(client: RadiusClient, { authenticated, secret }: ReceivedRequest): void {
    const counts = this.#countsOf(client.name);
    counts.requests++;
    counts.lastRequestAtMs = this.#clock.nowMs();
    if (!authenticated) {
      counts.unsigned++;
      return;
    }
    counts.signed++;
    this.addSecret(client, secret);
  }

  /** The secret that a request was made with: proven by its Message-Authenticator, or else the one that makes its password text. */
  addSecret(client: RadiusClient, secret: SharedSecret): void {
    const at = client.secrets.indexOf(secret);
    if (at === -1) return; // Over TLS it is no secret of anybody.
    const counts = this.#countsOf(client.name);
    if (counts.generation !== client.generation) {
      counts.generation = client.generation;
      counts.secretUsedAtMs = [];
    }
    counts.secretUsedAtMs[at] = this.#clock.nowMs();
  }

  /**
   * @param client the name of one that is configured
   * @param reason why a request got no answer; only some are counted here
   */
  addDropped(client: string, reason: string): void {
    const unsigned = UNSIGNED.has(reason);
    if (!unsigned && !WRONG_SECRET.has(reason)) return;
    const counts = this.#countsOf(client);
    counts.lastRequestAtMs = this.#clock.nowMs();
    if (unsigned) counts.droppedUnsigned++;
    else counts.droppedWrongSecret++;
  }

  countsOf(client: string): ClientCounts {
    return this.#byName.get(client) ?? newCounts();
  }

  /** When each secret of the client, in its order, was last used since the client was last changed. */
  secretUsesOf({ name, generation, secrets }: RadiusClient): readonly (number | undefined)[] {
    const counts = this.#byName.get(name);
    return secrets.map((_, at) => (counts?.generation === generation ? counts.secretUsedAtMs[at] : undefined));
  }

  snapshot(): UsageSnapshot {
    return this.#byName;
  }

  /** This one and others together. */
  with(others: readonly UsageSnapshot[]): ClientUsage {
    const together = new ClientUsage({ nowMs: () => this.sinceMs });
    for (const snapshot of [this.#byName, ...others]) {
      for (const [name, counts] of snapshot) add(together.#countsOf(name), counts);
    }
    return together;
  }

  forget(client: string): void {
    this.#byName.delete(client);
  }

  #countsOf(client: string): Counts {
    const known = this.#byName.get(client);
    if (known !== undefined) return known;
    const added = newCounts();
    this.#byName.set(client, added);
    return added;
  }
}

/** Of two generations of a client the newer one's secrets count. */
function add(to: Counts, counts: Readonly<Counts>): void {
  to.requests += counts.requests;
  to.signed += counts.signed;
  to.unsigned += counts.unsigned;
  to.droppedUnsigned += counts.droppedUnsigned;
  to.droppedWrongSecret += counts.droppedWrongSecret;
  to.lastRequestAtMs = later(to.lastRequestAtMs, counts.lastRequestAtMs);
  const { generation, secretUsedAtMs } = counts;
  if (generation === undefined || (to.generation !== undefined && generation < to.generation)) return;
  if (generation !== to.generation) to.secretUsedAtMs = [];
  to.generation = generation;
  secretUsedAtMs.forEach((atMs, at) => {
    to.secretUsedAtMs[at] = later(to.secretUsedAtMs[at], atMs);
  });
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}

function newCounts(): Counts {
  return {
    requests: 0,
    signed: 0,
    unsigned: 0,
    droppedUnsigned: 0,
    droppedWrongSecret: 0,
    lastRequestAtMs: undefined,
    generation: undefined,
    secretUsedAtMs: [],
  };
}
