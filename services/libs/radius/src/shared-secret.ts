import { HmacMd5 } from "./hmac-md5.js";
import { finishDigest, MD5_BYTES, newState, resetState, workspace } from "./md5.js";

/** The longest shared secret we take, in octets. RFC 2865 section 3 names no limit. */
export const MAX_SECRET_BYTES = 1024;

const REDACTED = "[redacted]";
const running = newState();

/**
 * A shared secret with what can be computed from it beforehand. RFC 2865 section 3. It prints as `[redacted]`, however
 * it is printed; the octets cannot be read back. Make it once per configured secret, not per packet.
 */
export class SharedSecret {
  readonly #octets: Uint8Array;
  readonly #hmac: HmacMd5;

  /**
   * @param secret octets, or text that is taken as UTF-8; 1 to 1024 octets
   * @throws RangeError when it is empty (RFC 2865 section 3 forbids that) or too long
   */
  constructor(secret: string | Uint8Array) {
    const octets = typeof secret === "string" ? new TextEncoder().encode(secret) : Uint8Array.from(secret);
    if (octets.length === 0 || octets.length > MAX_SECRET_BYTES) {
      throw new RangeError(`a shared secret has 1 to ${MAX_SECRET_BYTES} octets, not ${octets.length}`);
    }
    this.#octets = octets;
    this.#hmac = new HmacMd5(octets);
  }

  /** @internal HMAC-MD5 of the first `lengthBytes` octets of the workspace; the result is at `DIGEST`. */
  signWorkspace(lengthBytes: number): void {
    this.#hmac.digestWorkspace(lengthBytes);
  }

  /** @internal MD5 of the first `lengthBytes` octets of the workspace and then the secret; the result is at `DIGEST`. */
  digestWorkspaceThenSecret(lengthBytes: number): void {
    this.#place(lengthBytes);
    finishDigest(resetState(running), lengthBytes + this.#octets.length, 0);
  }

  /** @internal MD5 of the secret and then `lengthBytes` octets of `chain`; the result is at `DIGEST`. */
  digestSecretThen(chain: Uint8Array, chainAt: number, lengthBytes = MD5_BYTES): void {
    const at = this.#octets.length;
    this.#place(0);
    for (let index = 0; index < lengthBytes; index++) {
      workspace[at + index] = chain[chainAt + index] as number;
    }
    finishDigest(resetState(running), at + lengthBytes, 0);
  }

  #place(at: number): void {
    const octets = this.#octets;
    for (let index = 0; index < octets.length; index++) {
      workspace[at + index] = octets[index] as number;
    }
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return REDACTED;
  }
}
