import type { ClientEntry, Configuration, TargetEntry } from "@portcullis/configuration";
import type { KeyedDigest, Log } from "@portcullis/kit";
import { changesOf, type ItemRecord, type WantedItem } from "../domain/configuration-item.js";
import type { ConfigurationPublisher, ItemRecords } from "./ports.js";

export interface ImportParts {
  readonly records: ItemRecords;
  readonly publisher: ConfigurationPublisher;
  readonly digest: KeyedDigest;
  readonly log: Log;
}

/**
 * Brings clients and targets of the file into force. Each step can be repeated: generations are written down before they
 * are published, everything is published at each import, and what is gone is forgotten only after its tombstone went out.
 */
export class ImportConfiguration {
  readonly #parts: ImportParts;

  constructor(parts: ImportParts) {
    this.#parts = parts;
  }

  async execute(configuration: Pick<Configuration, "clients" | "targets">): Promise<void> {
    const { records, publisher, log } = this.#parts;
    const { current, changed, gone } = changesOf(this.#wantedOf(configuration), await records.list());
    await records.put(changed);
    const generations = new Map(current.map((record) => [`${record.kind}/${record.name}`, record.generation]));
    // Targets first, so that no client points at one that nobody knows yet.
    for (const target of configuration.targets) {
      await publisher.publishTarget(target, generations.get(`target/${target.name}`) ?? 0);
    }
    for (const client of configuration.clients) {
      await publisher.publishClient(client, generations.get(`client/${client.name}`) ?? 0);
    }
    for (const record of clientsFirst(gone)) await publisher.remove(record);
    await records.remove(gone);
    log.info("configuration.imported", {
      clients: configuration.clients.length,
      targets: configuration.targets.length,
      changed: changed.length,
      removed: gone.length,
    });
  }

  #wantedOf({ clients, targets }: Pick<Configuration, "clients" | "targets">): WantedItem[] {
    const { digest } = this.#parts;
    return [
      ...targets.map(
        (target): WantedItem => ({ kind: "target", name: target.name, digest: targetDigest(digest, target) }),
      ),
      ...clients.map(
        (client): WantedItem => ({ kind: "client", name: client.name, digest: clientDigest(digest, client) }),
      ),
    ];
  }
}

function clientsFirst(records: readonly ItemRecord[]): readonly ItemRecord[] {
  return records.toSorted((a, b) => a.kind.localeCompare(b.kind));
}

function targetDigest(digest: KeyedDigest, target: TargetEntry): string {
  return digest.hex("configured target", JSON.stringify(target));
}

/** Secrets print as redacted, so they are given apart. */
function clientDigest(digest: KeyedDigest, client: ClientEntry): string {
  const { secrets, ...rest } = client;
  return digest.hex("configured client", JSON.stringify(rest), ...secrets.map((secret) => secret.reveal()));
}
