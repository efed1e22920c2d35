import type { Clock, Log } from "@portcullis/kit";
import type { Handed, Kind } from "../domain/delivery.js";
import { Bulkhead } from "./bulkhead.js";
import type { DeliveryReport, LineResult, Pause, Provider, ProviderLine } from "./ports.js";

/** How long a provider that failed is tried last. */
const TRIED_LAST_MS = 60_000;
/** What each provider may have under way, and waiting: a dead one fails its own. */
const BULKHEAD = { atOnce: 32, maxWaiting: 256 };
/** What has waited for its turn as long as this goes to the next provider. */
const QUEUE_LIMIT_MS = 10_000;
/** Longer than every time-out of the adapters; what is not back by then is not known. */
const SEND_LIMIT_MS = 20_000;

/** One configured provider with its health. */
export class ProviderEntry {
  readonly provider: Provider;
  readonly bulkhead = new Bulkhead(BULKHEAD);
  failedUntilMs = 0;

  constructor(provider: Provider) {
    this.provider = provider;
  }
}

export interface FailoverLineParts {
  /** In the order of the configuration, as it is now. */
  readonly entries: () => readonly ProviderEntry[];
  readonly clock: Clock;
  readonly pause: Pause;
  readonly report: Pick<DeliveryReport, "took">;
  readonly log: Log;
}

/**
 * Tries providers in the order of the configuration, those that failed lately last. Only what was surely not sent goes to
 * the next one.
 */
export class FailoverLine implements ProviderLine {
  readonly #parts: FailoverLineParts;

  constructor(parts: FailoverLineParts) {
    this.#parts = parts;
  }

  find(name: string): Provider | undefined {
    return this.#parts.entries().find(({ provider }) => provider.name === name)?.provider;
  }

  async hand(kind: Kind, deadlineMs: number, send: (provider: Provider) => Promise<Handed>): Promise<LineResult> {
    const { clock } = this.#parts;
    for (const entry of this.#inOrder(kind)) {
      const { name } = entry.provider;
      if (clock.nowMs() >= deadlineMs) break;
      const handed = await this.#handTo(entry, kind, send);
      if (handed.kind === "taken") return { kind: "taken", provider: name, reference: handed.reference };
      this.#parts.log.warn("provider.failed", { provider: name, kind, outcome: handed.kind, why: handed.why });
      if (handed.kind !== "unreachable") entry.failedUntilMs = clock.nowMs() + TRIED_LAST_MS;
      if (handed.kind !== "refused") return { kind: handed.kind, provider: name };
    }
    return { kind: "no-provider", provider: "" };
  }

  #inOrder(kind: Kind): ProviderEntry[] {
    const nowMs = this.#parts.clock.nowMs();
    const able = this.#parts.entries().filter(({ provider }) => provider.does.has(kind));
    const failed = able.filter(({ failedUntilMs }) => failedUntilMs > nowMs);
    return [...able.filter((entry) => !failed.includes(entry)), ...failed];
  }

  async #handTo(entry: ProviderEntry, kind: Kind, send: (provider: Provider) => Promise<Handed>): Promise<Handed> {
    const { clock } = this.#parts;
    const queuedAtMs = clock.nowMs();
    const handed = await entry.bulkhead.run(async (): Promise<Handed> => {
      const startedAtMs = clock.nowMs();
      if (startedAtMs - queuedAtMs > QUEUE_LIMIT_MS) return { kind: "refused", why: "it waited too long for its turn" };
      const sent = await this.#limited(send(entry.provider));
      this.#parts.report.took(entry.provider.name, kind, (clock.nowMs() - startedAtMs) / 1_000);
      if (sent.kind === "taken") entry.failedUntilMs = 0;
      return sent;
    });
    return handed ?? { kind: "refused", why: "too many wait for this provider" };
  }

  /** An adapter that throws has a bug: nobody can say whether it has sent. */
  async #limited(sending: Promise<Handed>): Promise<Handed> {
    const late = this.#parts.pause
      .ms(SEND_LIMIT_MS)
      .then((): Handed => ({ kind: "unknown", why: `no answer within ${SEND_LIMIT_MS} ms` }));
    try {
      return await Promise.race([sending, late]);
    } catch (error) {
      this.#parts.log.error("provider.bug", { error });
      return { kind: "unknown", why: "the adapter failed" };
    }
  }
}
