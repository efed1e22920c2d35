import type { Clock, Random } from "@portcullis/kit";
import type { ReplyWaiter } from "./connected-socket.js";
import { waitAfterSendingMs } from "./retransmission.js";
import type { Place } from "./socket-pool.js";
import type { IgnoredReason, RetransmissionOptions } from "./target-options.js";

/** What became of a datagram with the right Identifier. */
export type Read<Reply> = { readonly taken: Reply } | { readonly ignored: IgnoredReason };

/** How a request to one server ended: with what `read` made of a reply, or without. */
export type Sent<Reply> =
  | { readonly kind: "reply"; readonly reply: Reply }
  /** `attempts` times sent, never answered. */
  | { readonly kind: "no-answer"; readonly attempts: number }
  /** Nothing left this machine. */
  | { readonly kind: "not-sent" };

export interface SentRequestOptions<Reply> {
  readonly read: (datagram: Uint8Array) => Read<Reply>;
  readonly ignored: (reason: IgnoredReason) => void;
  readonly sent: (attempt: number) => void;
  readonly retransmission: RetransmissionOptions;
  /** When nobody waits any more, by the clock. */
  readonly endMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** Timers may fire this much early. */
const TIMER_SLACK_MS = 1;

/**
 * One request on its way to one server: the same octets until a reply is taken or the time is over. RFC 5080 section 2.2.1.
 * A datagram that is not taken is counted and touches nothing, the timer neither; else anyone could end or prolong a wait.
 */
export class SentRequest<Reply> implements ReplyWaiter {
  readonly #options: SentRequestOptions<Reply>;
  readonly #ended = Promise.withResolvers<Sent<Reply>>();
  #place: Place | undefined;
  #octets: Uint8Array = new Uint8Array();
  #timer: NodeJS.Timeout | undefined;
  #attempts = 0;
  #waitMs: number | undefined;

  constructor(options: SentRequestOptions<Reply>) {
    this.#options = options;
  }

  /** Sends and waits; the place is given back at the end. */
  run(place: Place, octets: Uint8Array): Promise<Sent<Reply>> {
    this.#place = place;
    this.#octets = octets;
    this.#attempt();
    return this.#ended.promise;
  }

  received(datagram: Uint8Array): void {
    const read = this.#options.read(datagram);
    if ("ignored" in read) this.#options.ignored(read.ignored);
    else this.#end({ kind: "reply", reply: read.taken });
  }

  socketFailed(): void {
    this.#end({ kind: "not-sent" });
  }

  /** Gives up before the time is over. */
  giveUp(): void {
    this.#end({ kind: "no-answer", attempts: this.#attempts });
  }

  #attempt(): void {
    const { clock, endMs, random, retransmission, sent } = this.#options;
    const leftMs = endMs - clock.nowMs();
    if (leftMs <= TIMER_SLACK_MS) {
      this.giveUp();
      return;
    }
    let waitMs = leftMs;
    if (this.#attempts < retransmission.tries) {
      this.#attempts++;
      this.#place?.send(this.#octets);
      sent(this.#attempts);
      this.#waitMs = waitAfterSendingMs(retransmission.firstWaitMs, this.#waitMs, random.fraction());
      if (this.#attempts < retransmission.tries) waitMs = Math.min(leftMs, this.#waitMs);
    }
    this.#timer = setTimeout(() => this.#attempt(), waitMs);
  }

  #end(outcome: Sent<Reply>): void {
    clearTimeout(this.#timer);
    this.#place?.giveBack();
    this.#place = undefined;
    this.#ended.resolve(outcome);
  }
}
