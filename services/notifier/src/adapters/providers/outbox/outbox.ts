import type { Clock, Random } from "@portcullis/kit";

/** Entries that one process keeps, and for how long: it is for trying. */
const MAX_ENTRIES = 500;
const MAX_AGE_MS = 3_600_000;

export interface OutboxEntry {
  /** Grows with each entry of this process. */
  readonly id: number;
  readonly kind: "call" | "text" | "mail";
  readonly atMs: number;
  readonly to: string;
  /** What a text or mail says; of a call, what it has said so far. */
  readonly lines: readonly string[];
  /** Of a mail. */
  readonly subject: string;
  /** Of a call: `ringing`, `talking` or `ended`; of the others: `sent`. */
  readonly state: "ringing" | "talking" | "ended" | "sent";
  /** Which call or text it is; empty of a mail. */
  readonly challengeId: string;
  readonly leg: "first" | "backup";
  /** What it was handed over as. */
  readonly provider: string;
  /** Names it among the entries of all processes. */
  readonly reference: string;
}

/** Calls, texts and mails that were never sent: somebody who tries the product reads and answers them. In memory only. */
export class Outbox {
  readonly #clock: Clock;
  readonly #process: string;
  readonly #onEntry: ((entry: OutboxEntry) => void) | undefined;
  #entries: OutboxEntry[] = [];
  #lastId = 0;

  /** @param onEntry told of each new one */
  constructor(clock: Clock, random: Random, onEntry?: (entry: OutboxEntry) => void) {
    this.#clock = clock;
    this.#process = random.bytes(8).toString("hex");
    this.#onEntry = onEntry;
  }

  add(entry: Omit<OutboxEntry, "id" | "atMs" | "reference">): OutboxEntry {
    const id = ++this.#lastId;
    const added = { ...entry, id, reference: `${this.#process}-${id}`, atMs: this.#clock.nowMs() };
    this.#entries = [...this.#fresh(), added].slice(-MAX_ENTRIES);
    this.#onEntry?.(added);
    return added;
  }

  /** Oldest first; those after an id only. */
  list(afterId = 0): readonly OutboxEntry[] {
    return this.#fresh().filter(({ id }) => id > afterId);
  }

  find(id: number): OutboxEntry | undefined {
    return this.#fresh().find((entry) => entry.id === id);
  }

  /** @returns undefined for an entry of another process: nobody reaches into that one's outbox */
  findByReference(reference: string): OutboxEntry | undefined {
    return this.#fresh().find((entry) => entry.reference === reference);
  }

  change(id: number, change: Partial<Pick<OutboxEntry, "lines" | "state">>): OutboxEntry | undefined {
    this.#entries = this.#fresh().map((entry) => (entry.id === id ? { ...entry, ...change } : entry));
    return this.find(id);
  }

  #fresh(): OutboxEntry[] {
    const oldestMs = this.#clock.nowMs() - MAX_AGE_MS;
    return this.#entries.filter(({ atMs }) => atMs >= oldestMs);
  }
}
