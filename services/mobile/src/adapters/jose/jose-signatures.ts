import { compactVerify, decodeJwt, importJWK } from "jose";
import { z } from "zod";
import type { Signatures } from "../../application/ports.js";
import type { DeviceId, DeviceKey } from "../../domain/device.js";
import type { DeviceProof } from "../../domain/device-proof.js";

/** The one algorithm: what a token says of its own makes no difference. */
const ALGORITHM = "ES256";
/** Says what the token is for, so that nothing else that a device signs can be taken for one. */
const TYPE = "portcullis-device";
const MAX_PATH_LENGTH = 1_024;

const Payload = z.strictObject({
  device: z.string().regex(/^[0-9a-f]{32}$/),
  iat: z.int().min(0),
  jti: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  method: z.enum(["GET", "POST", "PUT", "DELETE"]),
  path: z.string().startsWith("/device/").max(MAX_PATH_LENGTH),
  body: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

/** Signatures of devices: JWS in compact form (RFC 7515), ECDSA on P-256 with SHA-256 (RFC 7518 section 3.4). */
export class JoseSignatures implements Signatures {
  async isKey(key: DeviceKey): Promise<boolean> {
    try {
      await imported(key);
      return true;
    } catch {
      return false; // Its point is not on the curve.
    }
  }

  claimedDevice(token: string): DeviceId | undefined {
    try {
      const claimed = Payload.shape.device.safeParse(decodeJwt(token)["device"]);
      return claimed.success ? (claimed.data as DeviceId) : undefined;
    } catch {
      return undefined;
    }
  }

  async verify(token: string, key: DeviceKey): Promise<DeviceProof | undefined> {
    try {
      const { payload, protectedHeader } = await compactVerify(token, await imported(key), { algorithms: [ALGORITHM] });
      const parsed = Payload.safeParse(JSON.parse(Buffer.from(payload).toString("utf8")));
      if (!parsed.success || protectedHeader.typ !== TYPE) return undefined;
      const { device, iat, jti, method, path, body } = parsed.data;
      return { deviceId: device as DeviceId, issuedAtMs: iat, nonce: jti, method, path, bodyDigest: body };
    } catch {
      return undefined; // Fail closed: whatever is wrong with it, nothing was signed.
    }
  }
}

/** Only what we have put together ourselves is imported: nothing of a device's key but the point. */
function imported({ x, y }: DeviceKey): ReturnType<typeof importJWK> {
  return importJWK({ kty: "EC", crv: "P-256", x, y }, ALGORITHM);
}
