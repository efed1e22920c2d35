import { createCipheriv, createHash } from "node:crypto";
import { md4 } from "./md4.js";

/** What a supplicant of MS-CHAPv2 computes, written down from the RFCs and from nothing of the product. */

const MAX_PASSWORD_BYTES = 512;
const MAGIC_SUCCESS = "Magic server to client signing constant";
const MAGIC_SUCCESS_PAD = "Pad to make it do more than one iteration";
const MAGIC_MASTER = "This is the MPPE Master Key";
const MAGIC_SERVER_SENDS = "On the client side, this is the receive key; on the server side, it is the send key.";
const KEY_BYTES = 16;
const DES_KEY_BYTES = 7;

export interface MsChapExchange {
  readonly userName: string;
  readonly password: string;
  /** 16 octets each. */
  readonly challenge: Uint8Array;
  readonly peerChallenge: Uint8Array;
}

/** NtPasswordHash, RFC 2759 section 8.3. */
export function ntPasswordHash(password: string): Buffer {
  return md4(Buffer.from(password, "utf16le"));
}

/** GenerateNTResponse, RFC 2759 section 8.1: 24 octets. */
export function ntResponse(exchange: MsChapExchange): Buffer {
  const key = Buffer.concat([ntPasswordHash(exchange.password), Buffer.alloc(5)]);
  const clear = challengeHash(exchange);
  return Buffer.concat(
    [0, 1, 2].map((part) => des(key.subarray(part * DES_KEY_BYTES, (part + 1) * DES_KEY_BYTES), clear)),
  );
}

/** GenerateAuthenticatorResponse, RFC 2759 section 8.7: "S=" and 40 hexadecimal digits. */
export function authenticatorResponse(exchange: MsChapExchange): string {
  const digest = sha1(md4(ntPasswordHash(exchange.password)), ntResponse(exchange), Buffer.from(MAGIC_SUCCESS));
  return `S=${sha1(digest, challengeHash(exchange), Buffer.from(MAGIC_SUCCESS_PAD)).toString("hex").toUpperCase()}`;
}

/** The key that the server sends with, RFC 3079 section 3.3: what MS-MPPE-Send-Key has to hold. */
export function mppeSendKey(exchange: MsChapExchange): Buffer {
  const hash = md4(ntPasswordHash(exchange.password));
  const master = sha1(hash, ntResponse(exchange), Buffer.from(MAGIC_MASTER)).subarray(0, KEY_BYTES);
  const pads = [Buffer.alloc(40), Buffer.alloc(40, 0xf2)] as const;
  return sha1(master, pads[0], Buffer.from(MAGIC_SERVER_SENDS), pads[1]).subarray(0, KEY_BYTES);
}

/**
 * NewPasswordEncryptedWithOldNtPasswordHash, RFC 2759 section 8.9: 516 octets.
 * @param padding 512 octets, of which the new password covers the last
 */
export function encryptNewPassword(oldPassword: string, newPassword: string, padding: Uint8Array): Buffer {
  const typed = Buffer.from(newPassword, "utf16le");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(typed.length);
  const block = Buffer.concat([padding.subarray(0, MAX_PASSWORD_BYTES - typed.length), typed, length]);
  return rc4(ntPasswordHash(oldPassword), block);
}

/** The new password out of 516 octets, as a server reads it; noise where the old one is another. */
export function decryptNewPassword(oldPassword: string, encrypted: Uint8Array): string {
  const block = rc4(ntPasswordHash(oldPassword), encrypted);
  const lengthBytes = Math.min(block.readUInt32LE(MAX_PASSWORD_BYTES), MAX_PASSWORD_BYTES);
  return block.subarray(MAX_PASSWORD_BYTES - lengthBytes, MAX_PASSWORD_BYTES).toString("utf16le");
}

/** OldNtPasswordHashEncryptedWithNewNtPasswordHash, RFC 2759 section 8.12: 16 octets. */
export function encryptOldHash(oldPassword: string, newPassword: string): Buffer {
  const key = ntPasswordHash(newPassword);
  const clear = ntPasswordHash(oldPassword);
  return Buffer.concat(
    [0, 1].map((part) =>
      des(key.subarray(part * DES_KEY_BYTES, (part + 1) * DES_KEY_BYTES), clear.subarray(part * 8, part * 8 + 8)),
    ),
  );
}

/** ChallengeHash, RFC 2759 section 8.2. */
function challengeHash({ userName, challenge, peerChallenge }: MsChapExchange): Buffer {
  return sha1(peerChallenge, challenge, Buffer.from(userName)).subarray(0, 8);
}

function sha1(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** One block. Triple DES with one key three times is DES, which OpenSSL 3 has no more. */
function des(key: Uint8Array, clear: Uint8Array): Buffer {
  const bits = [...key].map((octet) => octet.toString(2).padStart(8, "0")).join("");
  const spread = Buffer.from(bits.match(/.{7}/g)?.map((seven) => Number.parseInt(`${seven}0`, 2)) ?? []);
  const cipher = createCipheriv("des-ede3", Buffer.concat([spread, spread, spread]), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(clear), cipher.final()]);
}

function rc4(key: Uint8Array, clear: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const at = (index: number): number => state[index & 0xff] ?? 0;
  const swap = (one: number, other: number): void => {
    const kept = at(one);
    state[one] = at(other);
    state[other] = kept;
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + at(i) + (key[i % key.length] ?? 0)) & 0xff;
    swap(i, j);
  }
  let i = 0;
  let j = 0;
  return Buffer.from(clear).map((octet) => {
    i = (i + 1) & 0xff;
    j = (j + at(i)) & 0xff;
    swap(i, j);
    return octet ^ at(at(i) + at(j));
  }) as Buffer;
}
