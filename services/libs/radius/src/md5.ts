import { endianness } from "node:os";
import { hashBlock, type Md5State } from "./md5-block.js";

/** Octets of an MD5 digest. */
export const MD5_BYTES = 16;

const BLOCK_BYTES = 64;

/** Octets of a message in the workspace, without padding: the largest packet and the longest secret. */
export const MESSAGE_BYTES = 4096 + 1024;

/** Where {@link hmacWorkspace} of hmac-md5.ts keeps its second block, behind the longest message and its padding. */
export const SECOND_BLOCK = MESSAGE_BYTES + 2 * BLOCK_BYTES;

/** Where {@link finishDigest} leaves its 16 octets. */
export const DIGEST = SECOND_BLOCK + BLOCK_BYTES;

/**
 * The one buffer that is hashed. A caller puts the message at its start and calls {@link finishDigest}; nothing is
 * allocated. Sound because JavaScript runs one call at a time and nobody keeps octets here across calls.
 */
export const workspace: Uint8Array<ArrayBuffer> = new Uint8Array(DIGEST + MD5_BYTES);

const words = new Int32Array(workspace.buffer);

if (endianness() !== "LE") {
  // MD5 counts octets from the least significant one; words of the other order would give digests that never match.
  throw new Error("the RADIUS codec needs a processor that puts the least significant octet first");
}

/** @returns a state of its own, started as in RFC 1321 section 3.3. */
export function newState(): Md5State {
  return resetState(new Int32Array(4));
}

/** Starts `state` again, RFC 1321 section 3.3, and returns it. */
export function resetState(state: Md5State): Md5State {
  state[0] = 0x67452301;
  state[1] = 0xefcdab89;
  state[2] = 0x98badcfe;
  state[3] = 0x10325476;
  return state;
}

/** Copies a midstate, so that the midstate itself stays as it is. */
export function copyState(from: Md5State, to: Md5State): Md5State {
  to[0] = from[0] as number;
  to[1] = from[1] as number;
  to[2] = from[2] as number;
  to[3] = from[3] as number;
  return to;
}

/** Hashes whole blocks of the workspace into `state`. */
export function hashBlocks(state: Md5State, startBytes: number, endBytes: number): void {
  for (let at = startBytes; at < endBytes; at += BLOCK_BYTES) {
    hashBlock(state, words, at >> 2);
  }
}

/**
 * Pads the message at the start of the workspace, hashes it into `state` and leaves the digest at {@link DIGEST}. RFC
 * 1321 sections 3.1, 3.2 and 3.5.
 * @param lengthBytes octets of the message, at most 5120
 * @param hashedBytes octets that went into `state` before, a multiple of 64
 */
export function finishDigest(state: Md5State, lengthBytes: number, hashedBytes: number): void {
  const paddedBytes = (lengthBytes + 9 + 63) & ~63;
  const lengthWord = (paddedBytes >> 2) - 2;
  // 0x80 and zeros to the end of its word, then zeros word by word.
  workspace[lengthBytes] = 0x80;
  for (let index = lengthBytes + 1; (index & 3) !== 0; index++) {
    workspace[index] = 0;
  }
  for (let word = (lengthBytes >> 2) + 1; word < lengthWord; word++) {
    words[word] = 0;
  }
  const bits = (lengthBytes + hashedBytes) * 8;
  words[lengthWord] = bits;
  words[lengthWord + 1] = Math.floor(bits / 0x100000000);
  hashBlocks(state, 0, paddedBytes);
  storeState(state, DIGEST);
}

/** Writes `state` as 16 octets into the workspace, at a multiple of 4. */
export function storeState(state: Md5State, at: number): void {
  const word = at >> 2;
  words[word] = state[0] as number;
  words[word + 1] = state[1] as number;
  words[word + 2] = state[2] as number;
  words[word + 3] = state[3] as number;
}

/**
 * MD5 of any message. RFC 1321. RADIUS needs it; nothing new should.
 * @returns 16 octets of their own
 */
export function md5(message: Uint8Array): Uint8Array {
  const state = newState();
  const chunkBytes = 4096;
  let done = 0;
  for (; message.length - done > chunkBytes; done += chunkBytes) {
    workspace.set(message.subarray(done, done + chunkBytes));
    hashBlocks(state, 0, chunkBytes);
  }
  workspace.set(message.subarray(done));
  finishDigest(state, message.length - done, done);
  return workspace.slice(DIGEST, DIGEST + MD5_BYTES);
}
