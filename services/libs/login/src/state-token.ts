import { SEAL_OVERHEAD_BYTES, type Sealer, UnknownKey } from "@portcullis/kit";
import type { LoginId, UserId, UserKey } from "./ids.js";
import { NULS_OVERHEAD_BYTES, readWithoutNuls, writeWithoutNuls } from "./without-nuls.js";

/** What an Access-Challenge's State stands for. */
export type StateToken = PromptState | ConversationState;

/** A prompt of ours. */
export interface PromptState {
  readonly kind: "prompt";
  readonly loginId: LoginId;
  readonly userId: UserId;
  /** The prompt that the answer is for: 1 for the first. */
  readonly round: number;
}

/** A challenge of a target: what comes back goes to the server that issued it, with the State that it knows. */
export interface ConversationState {
  readonly kind: "conversation";
  readonly loginId: LoginId;
  readonly server: string;
  /** The server's own State, up to 253 octets. */
  readonly state: Uint8Array;
}

/** Whom a State was issued to: it opens for nobody else. */
export interface StateHolder {
  readonly client: string;
  readonly userKey: UserKey;
}

const ID_BYTES = 16;
const PROMPT = 1;
const CONVERSATION = 2;
const PROMPT_BYTES = 2 + 2 * ID_BYTES;
const SERVER_AT = 2 + ID_BYTES;
const MAX_ROUND = 255;
const MAX_SERVER_BYTES = 64;
const MAX_STATE_BYTES = 253;
const MAX_PLAIN_BYTES = MAX_STATE_BYTES - NULS_OVERHEAD_BYTES - SEAL_OVERHEAD_BYTES;

/**
 * Seals State under the key ring, bound to the client and the user's name. Any gateway opens it; nothing about the user is
 * readable in it. It has no NUL, since ocserv cuts it there. RFC 2865 section 5.24, RFC 5080 section 3.
 *
 *     prompt:       1 (1) round (1) login id (16) user id (16)
 *     conversation: 2 (1) length of the server's name (1) login id (16) server's name, the server's State
 */
export class StateSealer {
  readonly #sealer: Sealer;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  /** @returns 78 octets for a prompt; undefined when the server's State is so long that ours would be no attribute. */
  seal(token: StateToken, holder: StateHolder): Uint8Array | undefined {
    const plain = token.kind === "prompt" ? promptBytes(token) : conversationBytes(token);
    if (plain.length > MAX_PLAIN_BYTES) return undefined;
    return writeWithoutNuls(this.#sealer.seal(plain, placeOf(holder)));
  }

  /**
   * @returns undefined for a State that is not ours, or not this client's and this user's
   */
  open(state: Uint8Array, holder: StateHolder): StateToken | undefined {
    const plain = this.#openSealed(state, holder);
    if (plain?.[0] === PROMPT && plain.length === PROMPT_BYTES) return promptOf(plain);
    if (plain?.[0] === CONVERSATION && plain.length >= SERVER_AT) return conversationOf(plain);
    return undefined;
  }

  /** Fail closed: a key that nobody here knows is what a foreign State looks like; new keys are everywhere before they seal. */
  #openSealed(state: Uint8Array, holder: StateHolder): Buffer | undefined {
    const sealed = readWithoutNuls(state);
    if (sealed === undefined) return undefined;
    try {
      return this.#sealer.open(sealed, placeOf(holder));
    } catch (error) {
      if (error instanceof UnknownKey) return undefined;
      throw error;
    }
  }
}

function promptBytes({ round, loginId, userId }: PromptState): Buffer {
  if (!(round >= 1 && round <= MAX_ROUND)) throw new RangeError("A round is 1 to 255.");
  const plain = Buffer.allocUnsafe(PROMPT_BYTES);
  plain[0] = PROMPT;
  plain[1] = round;
  plain.write(loginId, 2, ID_BYTES, "hex");
  plain.write(userId, 2 + ID_BYTES, ID_BYTES, "hex");
  return plain;
}

function promptOf(plain: Buffer): PromptState {
  return {
    kind: "prompt",
    round: plain[1] as number,
    loginId: plain.toString("hex", 2, 2 + ID_BYTES) as LoginId,
    userId: plain.toString("hex", 2 + ID_BYTES) as UserId,
  };
}

function conversationBytes({ loginId, server, state }: ConversationState): Buffer {
  const name = Buffer.from(server);
  if (name.length > MAX_SERVER_BYTES) throw new RangeError(`A server's name has at most ${MAX_SERVER_BYTES} bytes.`);
  return Buffer.concat([Buffer.from([CONVERSATION, name.length]), Buffer.from(loginId, "hex"), name, state]);
}

function conversationOf(plain: Buffer): ConversationState {
  const stateAt = SERVER_AT + (plain[1] as number);
  return {
    kind: "conversation",
    loginId: plain.toString("hex", 2, SERVER_AT) as LoginId,
    server: plain.toString("utf8", SERVER_AT, stateAt),
    state: new Uint8Array(plain.subarray(stateAt)),
  };
}

function placeOf(holder: StateHolder): string {
  return `state/${holder.client}/${holder.userKey}`;
}
