import { Batcher } from "@portcullis/kit";
import type { SessionRecord } from "../domain/session.js";
import type { SessionStore } from "./ports.js";

/** One transaction at a time: replicas take turns anyway. What arrives meanwhile is the next. */
const BATCH = { maxItems: 512, maxInFlight: 1, maxWaiting: 50_000 };

/** Writes what clients tell of their sessions. */
export class RecordSession {
  readonly #batcher: Batcher<SessionRecord, undefined>;

  constructor(store: Pick<SessionStore, "apply">) {
    this.#batcher = new Batcher(async (records) => {
      await store.apply(records);
      return records.map(() => undefined);
    }, BATCH);
  }

  /** Resolves when it is durable. */
  execute(record: SessionRecord): Promise<undefined> {
    return this.#batcher.add(record);
  }
}
