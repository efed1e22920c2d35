import type { Clock } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import { type InboxItem, type InboxStore, MAX_INBOX_ITEMS, type Put } from "../../application/ports.js";
import type { ChallengeId } from "../../domain/inbox.js";

/** Users whose inbox is not empty; whoever comes beyond that finds no room. */
const MAX_USERS = 200_000;
/** Users are looked through for what has expired once in so many puts, and whenever there is no room. */
const SWEEP_EVERY_PUTS = 10_000;

/** The inboxes in this process. */
export class MemoryInboxStore implements InboxStore {
  readonly #clock: Clock;
  readonly #inboxes = new Map<UserId, Map<ChallengeId, InboxItem>>();
  #onChange: ((userId: UserId | undefined) => void) | undefined;
  #puts = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async put(userId: UserId, item: InboxItem): Promise<Put> {
    this.#puts++;
    if (this.#puts % SWEEP_EVERY_PUTS === 0 || this.#inboxes.size >= MAX_USERS) this.#sweep();
    const inbox = this.#alive(userId) ?? new Map<ChallengeId, InboxItem>();
    const there = inbox.get(item.challengeId);
    if (there !== undefined && there.rank >= item.rank) return there.rank === item.rank ? "same" : "overtaken";
    if (there === undefined && inbox.size >= MAX_INBOX_ITEMS) return "full";
    if (inbox.size === 0 && this.#inboxes.size >= MAX_USERS) return "full";
    inbox.set(item.challengeId, item);
    this.#inboxes.set(userId, inbox);
    queueMicrotask(() => this.#onChange?.(userId));
    return "put";
  }

  async list(userId: UserId): Promise<readonly InboxItem[]> {
    return [...(this.#alive(userId)?.values() ?? [])];
  }

  listen(onChange: (userId: UserId | undefined) => void): void {
    this.#onChange = onChange;
  }

  async close(): Promise<void> {
    this.#onChange = undefined;
  }

  /** The inbox without what has expired; undefined when nothing is left. */
  #alive(userId: UserId): Map<ChallengeId, InboxItem> | undefined {
    const inbox = this.#inboxes.get(userId);
    const nowMs = this.#clock.nowMs();
    for (const [id, { expiresAtMs }] of inbox ?? []) if (expiresAtMs <= nowMs) inbox?.delete(id);
    if (inbox?.size !== 0) return inbox;
    this.#inboxes.delete(userId);
    return undefined;
  }

  #sweep(): void {
    for (const userId of this.#inboxes.keys()) this.#alive(userId);
  }
}
