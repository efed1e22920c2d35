import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import type { Random } from "../random.js";
import { Unavailable } from "../unavailable.js";
import type { KeyRing } from "./key-ring.js";

/** The record was sealed with a key that this process does not have (yet): wait, as for a store that is away. */
export class UnknownKey extends Unavailable {
  override readonly name = "UnknownKey";
}

const FORMAT = 1;
const SALT_BYTES = 16;
const COUNTER_BYTES = 6;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SALT_AT = 5;
const COUNTER_AT = SALT_AT + SALT_BYTES;
const BODY_AT = COUNTER_AT + COUNTER_BYTES;
/** What sealing adds to a text. */
export const SEAL_OVERHEAD_BYTES = BODY_AT + TAG_BYTES;
/** A subkey is left long before the 2^32 messages at which GCM grows weak. */
const MESSAGES_PER_SUBKEY = 2 ** 30;
const MAX_KNOWN_SUBKEYS = 4_096;

/**
 * Seals fields with AES-256-GCM under the key ring.
 *
 *     sealed = format (1: 0x01) key id (4) salt (16) counter (6) ciphertext tag (16)
 *     subkey = HKDF-SHA256(key, salt), one per process and 2^30 messages; nonce = six zero bytes and the counter
 *
 * The associated data names where the field stands (topic or record, field, id), so that it cannot be moved elsewhere.
 */
export class Sealer {
  #ring: KeyRing;
  readonly #random: Random;
  readonly #known = new Map<string, KeyObject>();
  #salt: Buffer;
  #subkey: KeyObject;
  #counter = 0;

  constructor(ring: KeyRing, random: Random) {
    this.#ring = ring;
    this.#random = random;
    [this.#salt, this.#subkey] = this.#newSubkey(ring);
  }

  /** The id of the key that seals now. */
  get activeKey(): number {
    return this.#ring.active;
  }

  /**
   * Goes over to another state of the same ring, between two messages: what is sealed from now on stands under its active
   * key with a subkey of its own, and what only a removed key opened is opened no more.
   * Fails with `UnknownKey`, and changes nothing, when the ring has no active key.
   */
  take(ring: KeyRing): void {
    // A key that stays active keeps its subkey and goes on counting: a nonce that was used stays used.
    const changes = ring.active !== this.#ring.active;
    const [salt, subkey] = changes ? this.#newSubkey(ring) : [this.#salt, this.#subkey];
    if (changes) this.#counter = 0;
    [this.#ring, this.#salt, this.#subkey] = [ring, salt, subkey];
    for (const name of this.#known.keys()) {
      if (!ring.sealing.has(Buffer.from(name, "latin1").readUInt32BE())) this.#known.delete(name);
    }
  }

  /** @returns `plain` sealed; `SEAL_OVERHEAD_BYTES` longer. */
  seal(plain: Uint8Array, place: string): Buffer {
    if (this.#counter >= MESSAGES_PER_SUBKEY) {
      [this.#salt, this.#subkey] = this.#newSubkey(this.#ring);
      this.#counter = 0;
    }
    const counter = this.#counter++;
    const sealed = Buffer.allocUnsafe(SEAL_OVERHEAD_BYTES + plain.length);
    sealed[0] = FORMAT;
    sealed.writeUInt32BE(this.#ring.active, 1);
    this.#salt.copy(sealed, SALT_AT);
    sealed.writeUIntBE(counter, COUNTER_AT, COUNTER_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#subkey, nonceOf(counter));
    cipher.setAAD(Buffer.from(place));
    cipher.update(plain).copy(sealed, BODY_AT);
    cipher.final();
    cipher.getAuthTag().copy(sealed, BODY_AT + plain.length);
    return sealed;
  }

  /**
   * @returns the text, or undefined when it is not what was sealed for this place.
   * Fails with `UnknownKey` when the key id is not in the ring.
   */
  open(sealed: Uint8Array, place: string): Buffer | undefined {
    if (sealed.length < SEAL_OVERHEAD_BYTES || sealed[0] !== FORMAT) return undefined;
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length);
    const keyId = bytes.readUInt32BE(1);
    const name = bytes.toString("latin1", 1, COUNTER_AT);
    const known = this.#known.get(name);
    const subkey = known ?? derive(this.#ring, keyId, bytes.subarray(SALT_AT, COUNTER_AT));
    const nonce = nonceOf(bytes.readUIntBE(COUNTER_AT, COUNTER_BYTES));
    const decipher = createDecipheriv("aes-256-gcm", subkey, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    const plain = decipher.update(bytes.subarray(BODY_AT, bytes.length - TAG_BYTES));
    try {
      decipher.final();
    } catch {
      return undefined; // Fail closed: the tag does not fit, so nothing was sealed here.
    }
    if (known === undefined) this.#remember(name, subkey);
    return plain;
  }

  #newSubkey(ring: KeyRing): [Buffer, KeyObject] {
    const salt = Buffer.from(this.#random.bytes(SALT_BYTES));
    return [salt, derive(ring, ring.active, salt)];
  }

  /** Only subkeys that opened something are kept: garbage from outside must not drive out the real ones. */
  #remember(name: string, subkey: KeyObject): void {
    if (this.#known.size >= MAX_KNOWN_SUBKEYS) {
      const oldest = this.#known.keys().next();
      if (!oldest.done) this.#known.delete(oldest.value);
    }
    this.#known.set(name, subkey);
  }
}

function derive(ring: KeyRing, keyId: number, salt: Uint8Array): KeyObject {
  const key = ring.sealing.get(keyId);
  if (key === undefined) throw new UnknownKey(`No sealing key ${keyId} in the key ring.`);
  return createSecretKey(Buffer.from(hkdfSync("sha256", key, salt, "portcullis sealed field v1", 32)));
}

/** @returns the id of the key under which something was sealed; undefined for what was never sealed */
export function keyIdOf(sealed: Uint8Array): number | undefined {
  if (sealed.length < SEAL_OVERHEAD_BYTES || sealed[0] !== FORMAT) return undefined;
  return Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length).readUInt32BE(1);
}

function nonceOf(counter: number): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(counter, NONCE_BYTES - COUNTER_BYTES, COUNTER_BYTES);
  return nonce;
}
