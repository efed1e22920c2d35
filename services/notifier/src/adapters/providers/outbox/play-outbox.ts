import type { ConductCall } from "../../../application/conduct-call.js";
import type { TakeText } from "../../../application/take-text.js";
import type { Outbox, OutboxEntry } from "./outbox.js";

export interface PlayOutboxParts {
  readonly outbox: Outbox;
  readonly conduct: ConductCall;
  readonly takeText: TakeText;
}

/** Does what somebody with the phone in her hand would do. Nothing of it judges an answer. */
export class PlayOutbox {
  readonly #parts: PlayOutboxParts;

  constructor(parts: PlayOutboxParts) {
    this.#parts = parts;
  }

  list(afterId: number): readonly OutboxEntry[] {
    return this.#parts.outbox.list(afterId);
  }

  /**
   * Takes the call, if it rings, and presses keys.
   * @param keys digits, with or without a # behind them
   * @returns undefined when there is no such open call
   */
  async press(id: number | undefined, keys: string): Promise<OutboxEntry | undefined> {
    const { outbox, conduct } = this.#parts;
    const call = this.#openCall(id);
    if (call === undefined) return undefined;
    const place = { challengeId: call.challengeId, leg: call.leg };
    if (call.state === "ringing") {
      const opening = await conduct.taken(place, { provider: call.provider, reference: call.reference });
      outbox.change(call.id, { state: "talking", lines: opening.sentences });
      if (opening.next === "hang-up") return this.#hungUp(call);
    }
    const pressed = { keys: keys.replace(/#.*$/, ""), finished: keys.includes("#") };
    const { sentences, next } = await conduct.pressed(place, pressed);
    const now = outbox.find(call.id) ?? call;
    outbox.change(call.id, { lines: [...now.lines, `> ${"•".repeat(pressed.keys.length)}#`, ...sentences] });
    return next === "hang-up" ? this.#hungUp(call) : outbox.find(call.id);
  }

  /** Lets the call end as `how` says. @returns undefined when there is no such open call */
  async end(id: number | undefined, how: "busy" | "no-answer" | "hang-up"): Promise<OutboxEntry | undefined> {
    const { outbox, conduct } = this.#parts;
    const call = this.#openCall(id);
    if (call === undefined) return undefined;
    if (how === "hang-up") return this.#hungUp(call);
    await conduct.ended({ challengeId: call.challengeId, leg: call.leg }, how);
    return outbox.change(call.id, { state: "ended" });
  }

  /** Replies to a text. @returns undefined when there is none, or nobody waits for a reply */
  async reply(id: number | undefined, text: string): Promise<OutboxEntry | undefined> {
    const texts = this.#parts.outbox.list().filter(({ kind }) => kind === "text");
    const found = id === undefined ? texts.at(-1) : texts.find((entry) => entry.id === id);
    if (found === undefined || !(await this.#parts.takeText.execute(found.to, text))) return undefined;
    return found;
  }

  #openCall(id: number | undefined): OutboxEntry | undefined {
    const calls = this.#parts.outbox.list().filter(({ kind, state }) => kind === "call" && state !== "ended");
    return id === undefined ? calls.at(-1) : calls.find((entry) => entry.id === id);
  }

  async #hungUp(call: OutboxEntry): Promise<OutboxEntry | undefined> {
    await this.#parts.conduct.ended({ challengeId: call.challengeId, leg: call.leg }, "completed");
    return this.#parts.outbox.change(call.id, { state: "ended" });
  }
}
