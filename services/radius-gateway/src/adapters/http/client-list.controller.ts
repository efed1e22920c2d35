import { Controller, Get, Inject, UseGuards } from "@nestjs/common";
import { ApiKeyGuard } from "@portcullis/kit";
import { ClientRegistry } from "../radius/client-registry.js";
import { type ClientCounts, ClientUsage } from "../radius/client-usage.js";
import { hintsFor, PLACES } from "../radius/hints.js";
import type { RadiusClient } from "../radius/radius-client.js";

/** A client as the operator sees it. Times are ISO 8601 in UTC; null where there was nothing yet. */
interface ListedClient extends Omit<ClientCounts, "lastRequestAtMs"> {
  readonly name: string;
  readonly application: string;
  readonly addresses: readonly string[];
  readonly target: string;
  readonly requireMessageAuthenticator: boolean;
  readonly limitProxyState: boolean;
  readonly lastRequestAt: string | null;
  readonly secrets: readonly { readonly place: string; readonly lastUsedAt: string | null }[];
  readonly hints: readonly string[];
}

/** What `portcullis clients` shows. Counters are this process's own, since it started. */
@Controller("internal/clients")
@UseGuards(ApiKeyGuard)
export class ClientListController {
  readonly #clients: ClientRegistry;
  readonly #usage: ClientUsage;

  constructor(@Inject(ClientRegistry) clients: ClientRegistry, @Inject(ClientUsage) usage: ClientUsage) {
    this.#clients = clients;
    this.#usage = usage;
  }

  @Get()
  list(): { readonly since: string; readonly clients: readonly ListedClient[] } {
    return {
      since: new Date(this.#usage.sinceMs).toISOString(),
      clients: this.#clients.all().map((client) => listed(client, this.#usage)),
    };
  }
}

function listed(client: RadiusClient, usage: ClientUsage): ListedClient {
  const { name, application, addresses, target, requireMessageAuthenticator, limitProxyState } = client;
  const counts = usage.countsOf(name);
  const { requests, signed, unsigned, droppedUnsigned, droppedWrongSecret } = counts;
  const uses = usage.secretUsesOf(client);
  return {
    name,
    application,
    addresses,
    target,
    requireMessageAuthenticator,
    limitProxyState,
    requests,
    signed,
    unsigned,
    droppedUnsigned,
    droppedWrongSecret,
    lastRequestAt: timeOf(counts.lastRequestAtMs),
    secrets: uses.map((atMs, at) => ({ place: PLACES[at] ?? String(at + 1), lastUsedAt: timeOf(atMs) })),
    hints: hintsFor(client, counts, uses),
  };
}

const timeOf = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
