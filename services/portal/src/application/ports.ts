import type { ClientEntry, TargetEntry } from "@portcullis/configuration";
import type { ItemRecord } from "../domain/configuration-item.js";

/** What was published, by kind and name. */
export interface ItemRecords {
  list(): Promise<readonly ItemRecord[]>;
  put(records: readonly ItemRecord[]): Promise<void>;
  remove(records: readonly ItemRecord[]): Promise<void>;
}

export interface PublishedClient extends ClientEntry {
  /** Its target is a RADIUS server. */
  readonly forwards: boolean;
}

/** Where the configuration goes: everybody who needs it reads it from there. */
export interface ConfigurationPublisher {
  publishClient(client: PublishedClient, generation: number): Promise<void>;
  publishTarget(target: TargetEntry, generation: number): Promise<void>;
  remove(record: ItemRecord): Promise<void>;
}
