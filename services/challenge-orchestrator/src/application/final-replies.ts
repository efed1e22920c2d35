import type { Random, Sealer } from "@portcullis/kit";
import {
  denialPlace,
  type LoginOutcome,
  type Reply,
  replyAttributesPlace,
  type UserId,
  type WaitingExchange,
} from "@portcullis/login";
import { ACCEPT, DEFAULT_REJECT_DELAY_MS, DISCARD, rejectReply } from "../domain/replies.js";
import type { Clients, Factors } from "./ports.js";

/** A salt's first bit is always set; the rest is here. RFC 2868 section 3.5. */
const SALTS = 0x8000;

type EndOfLogin = Pick<LoginOutcome, "verdict" | "userId">;

export interface FinalRepliesParts {
  readonly sealer: Sealer;
  readonly clients: Clients;
  readonly factors: Pick<Factors, "find">;
  readonly random: Random;
}

/** What an exchange is told at the end of its login, with what a target has to say about it. */
export class FinalReplies {
  readonly #parts: FinalRepliesParts;

  constructor(parts: FinalRepliesParts) {
    this.#parts = parts;
  }

  /** @param sinceMs when the rejected request, or the answer to its prompt, came */
  async replyFor(outcome: EndOfLogin, exchange: WaitingExchange, sinceMs: number): Promise<Reply> {
    switch (outcome.verdict) {
      case "accept":
        return this.accept(exchange, outcome.userId);
      case "reject":
        return this.reject(exchange, sinceMs);
      case "discard":
        return DISCARD;
    }
  }

  /** With the attributes of the target's own Accept, then those that the client's rules have for the user's groups. */
  async accept({ context, sealedAttributes }: WaitingExchange, userId: UserId): Promise<Reply> {
    const place = replyAttributesPlace(context.exchangeId);
    const targets = sealedAttributes === undefined ? [] : [this.#open(sealedAttributes, place)];
    const parts = [...targets, ...(await this.#ruled(context.client, userId))];
    if (parts.length === 0) return ACCEPT;
    return { ...ACCEPT, attributes: Buffer.concat(parts), salt: this.#salt() };
  }

  /** A reject of ours, held back; after a target's Accept in the words of the client's protocol. */
  reject({ context, sealedDenial }: WaitingExchange, sinceMs: number): Reply {
    const { clients, random } = this.#parts;
    const delayMs = clients.find(context.client)?.rejectDelayMs ?? DEFAULT_REJECT_DELAY_MS;
    const reply = rejectReply({ sinceMs, delayMs, chance: random.fraction() });
    if (sealedDenial === undefined) return reply;
    return { ...reply, attributes: this.#open(sealedDenial, denialPlace(context.exchangeId)) };
  }

  /** The target's own word: its reject at once, its challenge under our State. */
  targets(exchange: WaitingExchange, reply: Reply): Reply {
    const { context, sealedAttributes } = exchange;
    if (sealedAttributes === undefined) return reply;
    const attributes = this.#open(sealedAttributes, replyAttributesPlace(context.exchangeId));
    return { ...reply, attributes, salt: this.#salt() };
  }

  /** The database is asked only where a rule is for some groups. */
  async #ruled(client: string, userId: UserId): Promise<readonly Uint8Array[]> {
    const { clients, factors } = this.#parts;
    const rules = clients.find(client)?.replyAttributes ?? [];
    const groups = rules.some((rule) => rule.groups.length > 0) ? (await factors.find(userId)).groups : [];
    const matching = rules.filter(
      (rule) => rule.groups.length === 0 || rule.groups.some((one) => groups.includes(one)),
    );
    return matching.map(({ attributes }) => attributes);
  }

  #salt(): number {
    return Math.floor(this.#parts.random.fraction() * SALTS);
  }

  #open(sealed: Uint8Array, place: string): Uint8Array {
    const plain = this.#parts.sealer.open(sealed, place);
    if (plain === undefined) throw new Error("A target's attributes were not sealed for their exchange.");
    return plain;
  }
}
