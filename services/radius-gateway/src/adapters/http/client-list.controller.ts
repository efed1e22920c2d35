import { Controller, Get, Inject, UseGuards } from "@nestjs/common";
import { ApiKeyGuard } from "@portcullis/kit";
import { ClientRegistry } from "../radius/client-registry.js";
import { type ClientCounts, ClientUsage, type UsageSnapshot } from "../radius/client-usage.js";
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

/** What the gateways in other threads of this process have seen. */
export type OtherUsages = () => Promise<readonly UsageSnapshot[]>;
export const OTHER_USAGES = Symbol("OTHER_USAGES");

/** What `portcullis clients` shows. Counters are this process's own, since it started. */
@Controller("internal/clients")
@UseGuards(ApiKeyGuard)
export class ClientListController {
  readonly #clients: ClientRegistry;
  readonly #usage: ClientUsage;
  readonly #others: OtherUsages;

  constructor(
    @Inject(ClientRegistry) clients: ClientRegistry,
    @Inject(ClientUsage) usage: ClientUsage,
    @Inject(OTHER_USAGES) others: OtherUsages,
  ) {
    this.#clients = clients;
    this.#usage = usage;
    this.#others = others;
  }

  @Get()
  async list(): Promise<{ readonly since: string; readonly clients: readonly ListedClient[] }> {
    const usage = this.#usage.with(await this.#others());
    return {
      since: new Date(this.#usage.sinceMs).toISOString(),
      clients: this.#clients.all().map((client) => listed(client, usage)),
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
