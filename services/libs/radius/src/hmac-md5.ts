import {
  copyState,
  DIGEST,
  finishDigest,
  hashBlocks,
  MD5_BYTES,
  MESSAGE_BYTES,
  md5,
  newState,
  SECOND_BLOCK,
  storeState,
  workspace,
} from "./md5.js";
import type { Md5State } from "./md5-block.js";

const BLOCK_BYTES = 64;
const PADDED_LENGTH_AT = SECOND_BLOCK + BLOCK_BYTES - 8;

// The outer message is always one block of key and 16 octets, so the padding of its second block never changes.
workspace[SECOND_BLOCK + MD5_BYTES] = 0x80;
new DataView(workspace.buffer).setUint32(PADDED_LENGTH_AT, (BLOCK_BYTES + MD5_BYTES) * 8, true);

const running = newState();

/**
 * HMAC-MD5 with one key. RFC 2104: MD5(key ^ opad, MD5(key ^ ipad, message)). The two states after the key blocks are
 * kept, which halves the work for a packet.
 */
export class HmacMd5 {
  readonly #inner: Md5State;
  readonly #outer: Md5State;

  /** @param key any length; more than 64 octets are hashed first, as RFC 2104 section 2 says. */
  constructor(key: Uint8Array) {
    const blockKey = key.length > BLOCK_BYTES ? md5(key) : key;
    this.#inner = keyState(blockKey, 0x36);
    this.#outer = keyState(blockKey, 0x5c);
  }

  /** HMAC of the first `lengthBytes` octets of the workspace, at most 5120; the result is at `DIGEST`. */
  digestWorkspace(lengthBytes: number): void {
    finishDigest(copyState(this.#inner, running), lengthBytes, BLOCK_BYTES);
    storeState(running, SECOND_BLOCK);
    hashBlocks(copyState(this.#outer, running), SECOND_BLOCK, SECOND_BLOCK + BLOCK_BYTES);
    storeState(running, DIGEST);
  }

  /**
   * HMAC of a message of at most 5120 octets, as 16 octets of their own.
   * @throws RangeError when it is longer
   */
  digest(message: Uint8Array): Uint8Array {
    if (message.length > MESSAGE_BYTES) {
      throw new RangeError(`a message has at most ${MESSAGE_BYTES} octets, not ${message.length}`);
    }
    workspace.set(message);
    this.digestWorkspace(message.length);
    return workspace.slice(DIGEST, DIGEST + MD5_BYTES);
  }
}

function keyState(key: Uint8Array, pad: number): Md5State {
  const state = newState();
  for (let index = 0; index < BLOCK_BYTES; index++) {
    workspace[index] = (key[index] ?? 0) ^ pad;
  }
  hashBlocks(state, 0, BLOCK_BYTES);
  workspace.fill(0, 0, BLOCK_BYTES);
  return state;
}
