import { exportJWK, generateKeyPair } from "jose";
import { z } from "zod";
import { answerOf } from "./device-client.js";
import type { StoredDevice } from "./stored-device.js";

const ANSWER_LIMIT_MS = 20_000;

const Activated = z.object({
  deviceId: z.string(),
  userName: z.string(),
  issuer: z.string(),
  oath: z.object({ secret: z.string(), digits: z.int(), period: z.int() }),
  serverTimeMs: z.number(),
  vapidPublicKey: z.string().optional(),
});

export interface DeviceToActivate {
  /** Where the device API is, without `/device`. */
  readonly url: string;
  readonly code: string;
  readonly name: string;
  readonly platform: string;
}

/** Makes a key and a device of it. Fails with `DeviceCallRefused` when the code is not good. */
export async function activateDevice({ url, ...request }: DeviceToActivate): Promise<StoredDevice> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const { kty, crv, x, y } = await exportJWK(publicKey);
  const base = url.replace(/\/+$/, "");
  const response = await fetch(`${base}/device/v1/activations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...request, publicKey: { kty, crv, x, y } }),
    redirect: "error",
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  });
  const { deviceId, userName, issuer, oath } = Activated.parse(await answerOf(response));
  return { url: base, deviceId, userName, issuer, privateKey: await exportJWK(privateKey), oath };
}
