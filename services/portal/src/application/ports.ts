import type { ClientEntry, PolicyEntry, SecondFactorRules, Secret, TargetEntry } from "@portcullis/configuration";
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
  /** The policies that are for it, in their order; at last its own settings, complete. */
  readonly rules: readonly [...PublishedRule[], PublishedRule & SecondFactorRules];
}

/** One policy as its client's readers need it. */
export type PublishedRule = Omit<PolicyEntry, "clients">;

/** A section of the file that is neither clients nor targets. */
export interface PublishedSetting {
  readonly name: "notifications" | "mobile" | "fraud";
  /** JSON, every default filled in and every secret in clear: only ever sealed. */
  readonly value: Secret;
}

/** Where the configuration goes: everybody who needs it reads it from there. */
export interface ConfigurationPublisher {
  publishClient(client: PublishedClient, generation: number): Promise<void>;
  publishTarget(target: TargetEntry, generation: number): Promise<void>;
  publishSetting(setting: PublishedSetting, generation: number): Promise<void>;
  remove(record: ItemRecord): Promise<void>;
}
