import { Gauge, type Registry } from "prom-client";
import type { ClientRegistry } from "../radius/client-registry.js";
import type { ClientUsage } from "../radius/client-usage.js";
import { PLACES } from "../radius/hints.js";
import type { GatewayMetrics } from "./gateway-metrics.js";

/** What the clients are set to, for alert rules: a client that is gone is gone from here too. */
export function createClientMetrics(registry: Registry, clients: ClientRegistry, usage: ClientUsage): void {
  const registers = [registry];
  const required: Gauge<"client"> = new Gauge({
    name: "portcullis_client_requires_message_authenticator",
    help: "1 where requests of the client without Message-Authenticator are dropped, else 0.",
    labelNames: ["client"],
    registers,
    aggregator: "max",
    collect: () => {
      required.reset();
      for (const { name, requireMessageAuthenticator } of clients.all()) {
        required.set({ client: name }, requireMessageAuthenticator ? 1 : 0);
      }
    },
  });
  const secretUsed: Gauge<"client" | "secret"> = new Gauge({
    name: "portcullis_client_secret_last_used_timestamp_seconds",
    help: "When the client last used its first or second secret since it was changed, of clients with two; 0 for never.",
    labelNames: ["client", "secret"],
    registers,
    aggregator: "max",
    collect: () => {
      secretUsed.reset();
      for (const client of clients.all().filter(({ secrets }) => secrets.length > 1)) {
        for (const [at, usedAtMs] of usage.secretUsesOf(client).entries()) {
          secretUsed.set({ client: client.name, secret: PLACES[at] ?? String(at + 1) }, (usedAtMs ?? 0) / 1_000);
        }
      }
    },
  });
}

/** Takes a client out of all counters, so that clients that come and go leave no labels. */
export async function forgetClient(metrics: GatewayMetrics, client: string): Promise<void> {
  for (const metric of [
    metrics.requests,
    metrics.discarded,
    metrics.replies,
    metrics.duplicates,
    metrics.unsigned,
    metrics.secretSuspect,
    metrics.accounting,
  ]) {
    const { values } = await metric.get();
    for (const { labels } of values) if (labels.client === client) metric.remove(labels);
  }
}
