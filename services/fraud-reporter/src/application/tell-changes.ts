import { isUnavailable, type Log } from "@portcullis/kit";
import type { FraudEvents, Outbox } from "./ports.js";

/** What another replica wrote down and could not tell, and what could not be told before, waits no longer than this. */
const EVERY_MS = 5_000;
const MAX_AT_ONCE = 100;
/** Pages of one turn; what is left is for the next. */
const MAX_PAGES = 100;
/** How long the end of the process waits for the turn that is under way; the next start does the rest. */
const LEAVE_LIMIT_MS = 5_000;

/**
 * Tells the other services what was written down: blocks as they are now, and mails. At once when something is, at the start,
 * and every few seconds. What was told is marked afterwards: killed in between, it is told again, which changes nothing there.
 * As a provider, Nest calls it at the start and at the end.
 */
export class TellChanges {
  readonly #outbox: Outbox;
  readonly #events: FraudEvents;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  #again = false;
  #leaving = false;

  constructor(outbox: Outbox, events: FraudEvents, log: Log) {
    this.#outbox = outbox;
    this.#events = events;
    this.#log = log;
  }

  onApplicationBootstrap(): void {
    this.wake();
    this.#timer = setInterval(() => this.wake(), EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    this.#leaving = true;
    clearInterval(this.#timer);
    let limit: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      limit = setTimeout(resolve, LEAVE_LIMIT_MS);
    });
    await Promise.race([this.#turn, late]);
    clearTimeout(limit);
  }

  /** There is something to tell: at once, or right after the turn that is under way. */
  wake(): void {
    this.#again = true;
    this.#turn ??= this.#run().finally(() => {
      this.#turn = undefined;
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#turn;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    while (this.#again && !this.#leaving) {
      this.#again = false;
      try {
        await this.#tellBlocks();
        await this.#tellMails();
      } catch (error) {
        const fields = { error };
        if (isUnavailable(error)) this.#log.warn("fraud.not_told", fields);
        else this.#log.error("fraud.not_told", fields);
      }
    }
  }

  async #tellBlocks(): Promise<void> {
    for (let page = 0; page < MAX_PAGES && !this.#leaving; page++) {
      const states = await this.#outbox.blocks(MAX_AT_ONCE);
      for (const state of states) {
        await this.#events.blockChanged(state);
        await this.#outbox.blockTold(state);
      }
      if (states.length < MAX_AT_ONCE) return;
    }
  }

  async #tellMails(): Promise<void> {
    for (let page = 0; page < MAX_PAGES && !this.#leaving; page++) {
      const mails = await this.#outbox.mails(MAX_AT_ONCE);
      for (const mail of mails) {
        await this.#events.mailRequested(mail);
        await this.#outbox.mailTold(mail.mailId);
      }
      if (mails.length < MAX_AT_ONCE) return;
    }
  }
}
