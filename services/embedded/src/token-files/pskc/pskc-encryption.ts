import { createDecipheriv, createHmac, pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Element } from "@xmldom/xmldom";
import { TokenFileTrouble, wholeNumber } from "../file-token.js";
import { childAt, octetsAt, textAt } from "./xml.js";

/** What opens an encrypted file; whoever reads it is asked only for what it needs. */
export interface PskcSecrets {
  /** The key that was agreed upon with the vendor. */
  readonly presharedKey: () => Promise<Buffer>;
  readonly passphrase: () => Promise<string>;
}

const BLOCK_BYTES = 16;
const MAX_ITERATIONS = 10_000_000;
const MAX_KEY_BYTES = 32;
const DEFAULT_KEY_BYTES = 16;

/** The keys of a container: what its values are encrypted with, and what they are signed with. */
export class PskcKeys {
  constructor(
    private readonly encryptionKey: Buffer,
    private readonly mac: { readonly hash: string; readonly key: Buffer } | undefined,
  ) {}

  /**
   * Opens an encrypted value. RFC 6030 section 6: the MAC is over the octets of CipherValue, and checked before anything is
   * decrypted: without it, what decrypts to nonsense would be taken for a secret.
   * @param value the element with EncryptedValue and ValueMAC
   * @returns the octets, or what is wrong
   */
  open(value: Element): Buffer | string {
    const cipher = octetsAt(value, "EncryptedValue", "CipherData", "CipherValue");
    const given = octetsAt(value, "ValueMAC");
    if (cipher === undefined) return "its encrypted secret is no base64";
    if (this.mac === undefined || given === undefined)
      return "is encrypted and has no MAC: nobody can tell whether it was changed";
    const expected = createHmac(this.mac.hash, this.mac.key).update(cipher).digest();
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return "its MAC is wrong: it was changed, or the key is another one";
    }
    const plain = decrypt(algorithmOf(childAt(value, "EncryptedValue")), this.encryptionKey, cipher);
    return plain ?? "cannot be decrypted: its algorithm or the length of its key is another one";
  }
}

/**
 * The keys of a container that has encrypted values; undefined for one in clear. Throws `TokenFileTrouble` when they cannot be had.
 */
export async function pskcKeys(container: Element, secrets: PskcSecrets): Promise<PskcKeys | undefined> {
  const encryption = childAt(container, "EncryptionKey");
  if (encryption === undefined) return undefined;
  const key = await encryptionKeyOf(encryption, secrets);
  return new PskcKeys(key, macOf(container, key));
}

async function encryptionKeyOf(encryption: Element, { presharedKey, passphrase }: PskcSecrets): Promise<Buffer> {
  const derived = childAt(encryption, "DerivedKey");
  if (derived !== undefined) return derivedKey(derived, await passphrase());
  if (childAt(encryption, "X509Data") !== undefined || childAt(encryption, "EncryptedKey") !== undefined) {
    throw new TokenFileTrouble("it is encrypted for a certificate, which is not supported: ask for a pre-shared key");
  }
  return presharedKey();
}

/** PBKDF2, RFC 8018 section 5.2. */
async function derivedKey(derived: Element, passphrase: string): Promise<Buffer> {
  const method = childAt(derived, "KeyDerivationMethod");
  const parameters = childAt(method, "PBKDF2-params");
  const salt = octetsAt(parameters, "Salt", "Specified");
  const iterations = wholeNumber(textAt(parameters, "IterationCount") ?? "");
  const keyBytes = wholeNumber(textAt(parameters, "KeyLength") ?? String(DEFAULT_KEY_BYTES));
  const hash = hashOf(childAt(parameters, "PRF")?.getAttribute("Algorithm") || "#hmac-sha1");
  if (!/#pbkdf2$/i.test(method?.getAttribute("Algorithm") ?? "") || salt === undefined || hash === undefined) {
    throw new TokenFileTrouble("its key is derived from the passphrase in a way that is not supported: only PBKDF2 is");
  }
  if (iterations === undefined || iterations < 1 || iterations > MAX_ITERATIONS) {
    throw new TokenFileTrouble(`its IterationCount must be between 1 and ${MAX_ITERATIONS}`);
  }
  if (keyBytes === undefined || keyBytes < 1 || keyBytes > MAX_KEY_BYTES) {
    throw new TokenFileTrouble(`its KeyLength must be between 1 and ${MAX_KEY_BYTES}`);
  }
  return promisify(pbkdf2)(passphrase, salt, iterations, keyBytes, hash);
}

/** Where the container has no MACKey, the encryption key is used, as earlier versions of the format allowed. */
function macOf(container: Element, encryptionKey: Buffer) {
  const method = childAt(container, "MACMethod");
  if (method === undefined) return undefined;
  const hash = hashOf(method.getAttribute("Algorithm") ?? "");
  if (hash === undefined)
    throw new TokenFileTrouble("its MAC is of a kind that is not supported: only HMAC with SHA-1 or SHA-2 is");
  const sealedKey = childAt(method, "MACKey");
  if (sealedKey === undefined) return { hash, key: encryptionKey };
  const cipher = octetsAt(sealedKey, "CipherData", "CipherValue");
  const key = cipher && decrypt(algorithmOf(sealedKey), encryptionKey, cipher);
  if (key === undefined)
    throw new TokenFileTrouble("its MAC key cannot be decrypted: is the key or passphrase another one?");
  return { hash, key };
}

function hashOf(algorithm: string): string | undefined {
  const [, bits] = /#hmac-sha-?(1|256|384|512)$/i.exec(algorithm) ?? [];
  return bits === undefined ? undefined : `sha${bits}`;
}

function algorithmOf(encrypted: Element | undefined): string {
  return childAt(encrypted, "EncryptionMethod")?.getAttribute("Algorithm") ?? "";
}

/**
 * Decrypts AES-CBC as XML Encryption has it (section 5.2): the vector in front, the last octet says how many were added.
 * @returns undefined when it is none, or the key does not fit
 */
function decrypt(algorithm: string, key: Buffer, value: Buffer): Buffer | undefined {
  const [, bits] = /#aes(128|192|256)-cbc$/i.exec(algorithm) ?? [];
  if (bits === undefined || key.length * 8 !== Number(bits)) return undefined;
  if (value.length < 2 * BLOCK_BYTES || value.length % BLOCK_BYTES !== 0) return undefined;
  const decipher = createDecipheriv(`aes-${bits}-cbc`, key, value.subarray(0, BLOCK_BYTES)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(value.subarray(BLOCK_BYTES)), decipher.final()]);
  const added = padded.at(-1) ?? 0;
  return added < 1 || added > BLOCK_BYTES ? undefined : padded.subarray(0, padded.length - added);
}
