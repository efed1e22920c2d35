import { type Sealer, UnknownKey } from "@portcullis/kit";
import type { LoginId, UserId, UserKey } from "./ids.js";

/** What an Access-Challenge's State stands for. */
export interface StateToken {
  readonly loginId: LoginId;
  readonly userId: UserId;
  /** The prompt that the answer is for: 1 for the first. */
  readonly round: number;
}

/** Whom a State was issued to: it opens for nobody else. */
export interface StateHolder {
  readonly client: string;
  readonly userKey: UserKey;
}

const ID_BYTES = 16;
const TOKEN_BYTES = 2 * ID_BYTES + 1;
const MAX_ROUND = 255;

/**
 * Seals State: login id (16), user id (16), round (1), under the key ring, bound to the client and the user's name. Any
 * gateway opens it; nothing about the user is readable in it. RFC 2865 section 5.24, RFC 5080 section 3.
 */
export class StateSealer {
  readonly #sealer: Sealer;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  /** @returns 76 octets. */
  seal(token: StateToken, holder: StateHolder): Uint8Array {
    if (!(token.round >= 1 && token.round <= MAX_ROUND)) throw new RangeError("A round is 1 to 255.");
    const plain = Buffer.allocUnsafe(TOKEN_BYTES);
    plain.write(token.loginId, 0, ID_BYTES, "hex");
    plain.write(token.userId, ID_BYTES, ID_BYTES, "hex");
    plain[2 * ID_BYTES] = token.round;
    return this.#sealer.seal(plain, placeOf(holder));
  }

  /**
   * @returns undefined for a State that is not ours, or not this client's and this user's
   */
  open(state: Uint8Array, holder: StateHolder): StateToken | undefined {
    const plain = this.#openSealed(state, holder);
    if (plain === undefined || plain.length !== TOKEN_BYTES) return undefined;
    return {
      loginId: plain.toString("hex", 0, ID_BYTES) as LoginId,
      userId: plain.toString("hex", ID_BYTES, 2 * ID_BYTES) as UserId,
      round: plain[2 * ID_BYTES] as number,
    };
  }

  /** Fail closed: a key that nobody here knows is what a foreign State looks like; new keys are everywhere before they seal. */
  #openSealed(state: Uint8Array, holder: StateHolder): Buffer | undefined {
    try {
      return this.#sealer.open(state, placeOf(holder));
    } catch (error) {
      if (error instanceof UnknownKey) return undefined;
      throw error;
    }
  }
}

function placeOf(holder: StateHolder): string {
  return `state/${holder.client}/${holder.userKey}`;
}
