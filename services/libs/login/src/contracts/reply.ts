import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Sealer } from "@portcullis/kit";
import { ReplySchema, Verdict as VerdictMessage } from "@portcullis/proto";
import type { ExchangeId, LoginId } from "../ids.js";
import type { Reply, Verdict } from "../login-context.js";

const MESSAGES: Readonly<Record<Verdict, VerdictMessage>> = {
  accept: VerdictMessage.ACCEPT,
  reject: VerdictMessage.REJECT,
  challenge: VerdictMessage.CHALLENGE,
  discard: VerdictMessage.DISCARD,
};
const VERDICTS = new Map(Object.entries(MESSAGES).map(([verdict, message]) => [message, verdict as Verdict]));

const NOTHING = new Uint8Array(0);
/** What a reply has when it says no more than its verdict. */
export const PLAIN_REPLY = {
  state: NOTHING,
  message: "",
  notBeforeMs: 0,
  sessionTimeoutSeconds: 0,
  attributes: NOTHING,
  salt: 0,
} as const satisfies Omit<Reply, "verdict">;

/** Where a sealed reply stands: with one exchange, or with a login for whichever exchange asks. */
export type ReplyPlace =
  | { readonly exchangeId: ExchangeId; readonly loginId?: never }
  | { readonly loginId: LoginId; readonly exchangeId?: never };

/**
 * Seals replies for the pending store, each for its place: whoever can write there can neither make an accept of her own
 * nor move one to another exchange.
 */
export class ReplySealer {
  readonly #sealer: Sealer;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  seal(place: ReplyPlace, reply: Reply): Uint8Array {
    const message = create(ReplySchema, {
      verdict: MESSAGES[reply.verdict],
      state: reply.state,
      message: reply.message,
      notBeforeMs: BigInt(reply.notBeforeMs),
      sessionTimeoutSeconds: reply.sessionTimeoutSeconds,
      attributes: reply.attributes,
      salt: reply.salt,
    });
    return this.#sealer.seal(toBinary(ReplySchema, message), placeText(place));
  }

  /** @returns undefined when it was not sealed here for this place. Fails with `UnknownKey` like the sealer. */
  open(place: ReplyPlace, sealed: Uint8Array): Reply | undefined {
    const plain = this.#sealer.open(sealed, placeText(place));
    if (plain === undefined) return undefined;
    const message = fromBinary(ReplySchema, plain);
    const verdict = VERDICTS.get(message.verdict);
    if (verdict === undefined) return undefined;
    return {
      verdict,
      state: message.state,
      message: message.message,
      notBeforeMs: Number(message.notBeforeMs),
      sessionTimeoutSeconds: message.sessionTimeoutSeconds,
      attributes: message.attributes,
      salt: message.salt,
    };
  }
}

function placeText(place: ReplyPlace): string {
  return place.exchangeId === undefined ? `reply/login/${place.loginId}` : `reply/exchange/${place.exchangeId}`;
}
