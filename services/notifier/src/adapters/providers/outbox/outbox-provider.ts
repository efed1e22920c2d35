import type { OutboxSettings } from "@portcullis/configuration";
import type { OutgoingCall, OutgoingText, Provider, QueuedMail } from "../../../application/ports.js";
import type { Script } from "../../../domain/call-script.js";
import type { Handed, Kind } from "../../../domain/delivery.js";
import type { Outbox } from "./outbox.js";

/** Puts everything into the outbox of this process; its reference is the entry's id. */
export class OutboxProvider implements Provider {
  readonly name: string;
  readonly does: ReadonlySet<Kind>;
  readonly #outbox: Outbox;

  constructor({ name, does }: OutboxSettings, outbox: Outbox) {
    this.name = name;
    this.does = new Set(does);
    this.#outbox = outbox;
  }

  async call({ challengeId, leg, to, extension, script }: OutgoingCall): Promise<Handed> {
    const number = extension === "" ? to : `${to} x${extension}`;
    return this.#taken({ kind: "call", state: "ringing", to: number, lines: script.sentences, challengeId, leg });
  }

  async say(reference: string, script: Script): Promise<void> {
    const entry = this.#outbox.findByReference(reference);
    if (entry !== undefined) {
      this.#outbox.change(entry.id, { lines: [...entry.lines, ...script.sentences], state: "ended" });
    }
  }

  async hangUp(reference: string): Promise<void> {
    const entry = this.#outbox.findByReference(reference);
    if (entry !== undefined) this.#outbox.change(entry.id, { state: "ended" });
  }

  async text({ challengeId, to, text }: OutgoingText): Promise<Handed> {
    return this.#taken({ kind: "text", state: "sent", to, lines: [text], challengeId });
  }

  async mail({ recipients, subject, body }: QueuedMail): Promise<Handed> {
    return this.#taken({ kind: "mail", state: "sent", to: recipients.join(", "), lines: body.split("\n"), subject });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #taken(
    entry: Partial<Parameters<Outbox["add"]>[0]> &
      Pick<Parameters<Outbox["add"]>[0], "kind" | "state" | "to" | "lines">,
  ): Handed {
    const added = this.#outbox.add({ subject: "", challengeId: "", leg: "first", ...entry, provider: this.name });
    return { kind: "taken", reference: added.reference };
  }
}
