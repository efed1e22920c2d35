/** How far a resealer has come. */
export interface ResealProgress {
  readonly done: number;
  /** What was there when it began; more may come meanwhile. */
  readonly total: number;
}

export type ResealOutcome =
  | {
      readonly outcome: "done";
      /** What stands under the active key now and did not before. */
      readonly moved: number;
      /** What is left under another key because nothing opens it: it is damaged, or was never sealed for its place. */
      readonly unreadable: number;
    }
  /** Another process of the service does it. */
  | { readonly outcome: "elsewhere" };

/** Key ids, each with how much stands under it. */
export type KeyUses = ReadonlyMap<number, number>;

/**
 * Brings what a service keeps sealed under the active key: the rows of its tables, or the states that it owns on compacted
 * topics. Found among the providers of a process, like importers. Each can be repeated and interrupted anywhere.
 */
export abstract class Resealer {
  /** What it is for, in words for people: "challenge-orchestrator tables". */
  abstract readonly what: string;
  /** Names of what it covers: `schema.table.column`, or the topic of states. */
  abstract readonly covers: readonly string[];
  /** Rejects with `Unavailable` when the store is away: what was done until then stays done. */
  abstract run(onProgress: (progress: ResealProgress) => void, signal: AbortSignal): Promise<ResealOutcome>;
  /** Under which keys it stands now. Rejects with `Unavailable` when the store is away. */
  abstract uses(): Promise<KeyUses>;
}
