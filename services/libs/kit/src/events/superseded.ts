import { UnknownKey } from "../sealing/sealer.js";

const MAX_CAUSES = 5;

/**
 * Which record of each key of a compacted topic came last. One that waits for a key of the key ring waits no longer once a later one
 * of its key is there: that says what is true now, and the key may be gone from the ring for good.
 */
export class Superseded<Record> {
  readonly #newest = new Map<string, Record>();

  came(place: string, record: Record): void {
    this.#newest.set(place, record);
  }

  handled(place: string, record: Record): void {
    if (this.#newest.get(place) === record) this.#newest.delete(place);
  }

  /** Runs a handler, and takes it for done when it waits for a key and the record is no longer the newest. */
  async unlessPast(place: string, record: Record, handle: () => Promise<void>): Promise<void> {
    try {
      await handle();
    } catch (error) {
      if (!waitsForKey(error) || this.#newest.get(place) === record) throw error;
    }
  }
}

function waitsForKey(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth++) {
    if (current instanceof UnknownKey) return true;
    current = current.cause;
  }
  return false;
}
