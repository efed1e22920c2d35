import type { Clock } from "@portcullis/kit";
import { Timed, TimeWheel } from "./time-wheel.js";

/** How often what is over is thrown out. There is no timer: a call that comes after this time does it. */
const SWEEP_PERIOD_MS = 100;

/** A record that ends. Past its time it is as good as gone, thrown out or not. */
export abstract class Expiring extends Timed {
  /** Takes itself out of wherever it is kept. */
  abstract drop(): void;

  aliveAt(nowMs: number): boolean {
    return nowMs < this.atMs;
  }
}

/** The time to live of everything in the memory store, and its clock. */
export class Expiry {
  readonly #clock: Clock;
  readonly #wheel = new TimeWheel<Expiring>();
  #nextSweepMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#wheel.size;
  }

  /** The time of this call; throws out what is over when it is time to. */
  nowMs(): number {
    const nowMs = this.#clock.nowMs();
    const isSetBack = nowMs < this.#nextSweepMs - SWEEP_PERIOD_MS;
    if (nowMs >= this.#nextSweepMs || isSetBack) this.sweep(nowMs);
    return nowMs;
  }

  sweep(nowMs: number): void {
    this.#nextSweepMs = nowMs + SWEEP_PERIOD_MS;
    for (const record of this.#wheel.take(nowMs, Number.POSITIVE_INFINITY)) record.drop();
  }

  /** Keeps a record until `atMs`; a time that has passed drops it at once. */
  keepUntil(record: Expiring, atMs: number, nowMs: number): void {
    if (atMs > nowMs) {
      this.#wheel.place(record, atMs);
      return;
    }
    record.atMs = atMs;
    this.forget(record);
    record.drop();
  }

  forget(record: Expiring): void {
    this.#wheel.remove(record);
  }
}
