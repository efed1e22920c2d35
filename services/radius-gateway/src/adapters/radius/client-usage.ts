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
