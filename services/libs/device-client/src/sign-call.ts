import { createHash, randomBytes } from "node:crypto";
import { CompactSign, importJWK, type JWK } from "jose";

const ALGORITHM = "ES256";
const TYPE = "portcullis-device";
const NONCE_BYTES = 16;

/** A call as it is about to be sent. */
export interface CallToSign {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** From `/device/` on, with the query. */
  readonly path: string;
  /** The octets that are sent; empty where there is no body. */
  readonly body: string;
}

export interface Signer {
  readonly deviceId: string;
  readonly privateKey: JWK;
}

/**
 * The value of the header Authorization for one call, once: `Portcullis-Device` and a compact JWS (RFC 7515) by ES256 over
 *
 *     { device, iat (ms), jti (16 random bytes, base64url), method, path, body (SHA-256, base64url) }
 *
 * @param nowMs on the server's clock
 */
export async function signCall({ deviceId, privateKey }: Signer, call: CallToSign, nowMs: number): Promise<string> {
  const payload = {
    device: deviceId,
    iat: Math.round(nowMs),
    jti: randomBytes(NONCE_BYTES).toString("base64url"),
    method: call.method,
    path: call.path,
    body: createHash("sha256").update(call.body).digest("base64url"),
  };
  const key = await importJWK(privateKey, ALGORITHM);
  const jws = await new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
    .sign(key);
  return `Portcullis-Device ${jws}`;
}
