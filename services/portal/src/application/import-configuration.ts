import { type Configuration, revealingJson } from "@portcullis/configuration";
import type { ImportChanges, ImportOutcome, KeyedDigest, Log } from "@portcullis/kit";
import {
  changesOf,
  type ItemChanges,
  type ItemKind,
  type ItemRecord,
  type WantedItem,
} from "../domain/configuration-item.js";
import type { ConfigurationPublisher, ItemRecords, PublishedClient, PublishedSetting } from "./ports.js";
import { publishedClients } from "./published-clients.js";
import { publishedSettings, type SectionName } from "./published-settings.js";

/** Items that are published side by side. */
const MAX_IN_FLIGHT = 256;

/** What portal owns of the configuration. */
type OwnConfiguration = Pick<Configuration, "clients" | "targets" | "policies" | "warnings" | SectionName>;

export interface ImportParts {
  readonly records: ItemRecords;
  readonly publisher: ConfigurationPublisher;
  readonly digest: KeyedDigest;
  readonly log: Log;
}

/**
 * Brings clients, targets and settings of the file into force. Each step can be repeated: generations are written down before they
 * are published, everything is published until one import came to its end, then only what changed; and what is gone is
 * forgotten only after its tombstone went out.
 */
export class ImportConfiguration {
  readonly #parts: ImportParts;
  /** Whether the last import of this process came to its end: all that is written down was published then. */
  #allPublished = false;

  constructor(parts: ImportParts) {
    this.#parts = parts;
  }

  /** Has the next import publish everything again, changed or not: it is sealed under another key now. */
  publishAllAgain(): void {
    this.#allPublished = false;
  }

  async execute(configuration: OwnConfiguration): Promise<ImportOutcome> {
    const { records, publisher, log } = this.#parts;
    for (const warning of configuration.warnings) log.warn("configuration.warning", { ...warning });
    const clients = publishedClients(configuration);
    const settings = publishedSettings(configuration);
    const changes = changesOf(this.#wantedOf(clients, settings, configuration.targets), await records.list());
    await records.put([...changes.added, ...changes.changed]);
    const due = new Map(
      (this.#allPublished ? [...changes.added, ...changes.changed] : changes.current).map((record) => [
        `${record.kind}/${record.name}`,
        record.generation,
      ]),
    );
    this.#allPublished = false;
    // Targets first, so that no client points at one that nobody knows yet.
    await eachOf(configuration.targets, async (target) => {
      const generation = due.get(`target/${target.name}`);
      if (generation !== undefined) await publisher.publishTarget(target, generation);
    });
    // And settings: a client that asks by call needs whoever calls to know how.
    await eachOf(settings, async (setting) => {
      const generation = due.get(`setting/${setting.name}`);
      if (generation !== undefined) await publisher.publishSetting(setting, generation);
    });
    await eachOf(clients, async (client) => {
      const generation = due.get(`client/${client.name}`);
      if (generation !== undefined) await publisher.publishClient(client, generation);
    });
    for (const record of clientsFirst(changes.gone)) await publisher.remove(record);
    await records.remove(changes.gone);
    this.#allPublished = true;
    const names = namesOf(changes);
    log.info("configuration.imported", {
      clients: clients.length,
      targets: configuration.targets.length,
      settings: settings.length,
      added: changes.added.length,
      changed: changes.changed.length,
      removed: changes.gone.length,
    });
    return Object.keys(names).length === 0 ? { outcome: "unchanged" } : { outcome: "imported", changes: names };
  }

  #wantedOf(
    clients: readonly PublishedClient[],
    settings: readonly PublishedSetting[],
    targets: OwnConfiguration["targets"],
  ): WantedItem[] {
    const item = (kind: ItemKind, content: { readonly name: string }): WantedItem => ({
      kind,
      name: content.name,
      digest: this.#parts.digest.hex(`configured ${kind}`, revealingJson(content)),
    });
    return [
      ...targets.map((target) => item("target", target)),
      ...settings.map((setting) => item("setting", setting)),
      ...clients.map((client) => item("client", client)),
    ];
  }
}

async function eachOf<Item>(items: readonly Item[], publish: (item: Item) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += MAX_IN_FLIGHT) {
    await Promise.all(items.slice(from, from + MAX_IN_FLIGHT).map(publish));
  }
}

function clientsFirst(records: readonly ItemRecord[]): readonly ItemRecord[] {
  return records.toSorted((a, b) => a.kind.localeCompare(b.kind));
}

/** Names by what happened to them; what happened to nothing is left out. */
function namesOf({ added, changed, gone }: ItemChanges): ImportChanges {
  const names: Record<string, readonly string[]> = {};
  for (const kind of ["client", "target", "setting"] as const) {
    for (const [what, records] of Object.entries({ added, changed, removed: gone })) {
      const these = records.filter((record) => record.kind === kind).map((record) => record.name);
      if (these.length > 0) names[`${kind}s ${what}`] = these;
    }
  }
  return names;
}
