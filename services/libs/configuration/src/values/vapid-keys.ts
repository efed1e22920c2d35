import { createECDH } from "node:crypto";

/** Voluntary application server identification of Web Push, RFC 8292: a key pair on P-256, both in base64url. */
const PUBLIC_KEY = /^B[A-Za-z0-9_-]{86}$/;
const PRIVATE_KEY = /^[A-Za-z0-9_-]{43}$/;

export function checkVapidPublicKey(text: string): string | undefined {
  return PUBLIC_KEY.test(text)
    ? undefined
    : "must be an uncompressed point on P-256 in base64url: 87 characters that begin with B";
}

export function checkVapidPrivateKey(text: string): string | undefined {
  return PRIVATE_KEY.test(text) ? undefined : "must be 32 bytes in base64url: 43 characters";
}

/** Whether they are a pair; with others no push service takes a push, and each device would have to subscribe once more. */
export function areVapidKeys(publicKey: string, privateKey: string): boolean {
  const pair = createECDH("prime256v1");
  try {
    pair.setPrivateKey(privateKey, "base64url");
    return pair.getPublicKey("base64url", "uncompressed") === publicKey;
  } catch {
    return false; // Zero, or larger than the curve's order.
  }
}
