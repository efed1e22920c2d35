import type { KeptUser } from "../domain/user.js";
import type { OnProgress, UserAnnouncer, UserStore } from "./ports.js";

/** Users announced at once; the consumers write them in batches of about this size. */
const MAX_IN_FLIGHT = 500;

/**
 * Announces every user who changed since she was last announced. What was announced is marked afterwards: killed in
 * between, the next start announces the same generation again, which changes nothing.
 */
export class PublishUsers {
  readonly #store: UserStore;
  readonly #announcer: UserAnnouncer;
  readonly #onProgress: OnProgress;

  constructor(store: UserStore, announcer: UserAnnouncer, onProgress: OnProgress) {
    this.#store = store;
    this.#announcer = announcer;
    this.#onProgress = onProgress;
  }

  /** @returns how many were announced. Each turn leaves fewer unannounced ones, since only this process changes users. */
  async run(signal: AbortSignal): Promise<number> {
    const total = await this.#store.countUnpublished();
    let done = 0;
    while (!signal.aborted) {
      const users = await this.#store.unpublished(MAX_IN_FLIGHT);
      if (users.length === 0) break;
      await this.#announceAll(users);
      done += users.length;
      this.#onProgress({ done, total: Math.max(done, total) });
    }
    return done;
  }

  /** Waits for all, so that none is under way any more when one has failed. */
  async #announceAll(users: readonly KeptUser[]): Promise<void> {
    const announced = await Promise.allSettled(users.map((user) => this.#announcer.announce(user)));
    await this.#store.markPublished(users.filter((_, index) => announced[index]?.status === "fulfilled"));
    const failed = announced.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }
}
