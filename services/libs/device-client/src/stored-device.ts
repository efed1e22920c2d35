import { readFileSync, writeFileSync } from "node:fs";
import type { JWK } from "jose";
import { z } from "zod";

const Text = z.string().min(1);

const Stored = z.strictObject({
  version: z.literal(1),
  url: Text,
  deviceId: Text,
  userName: Text,
  issuer: z.string(),
  privateKey: z.object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: Text, y: Text, d: Text }),
  oath: z.object({ secret: Text, digits: z.int(), period: z.int() }),
});

/** Everything that a device keeps, its secrets in clear: whoever has the file is the device. */
export interface StoredDevice {
  /** Where the device API is, without `/device`. */
  readonly url: string;
  readonly deviceId: string;
  readonly userName: string;
  readonly issuer: string;
  /** The device's key. */
  readonly privateKey: JWK;
  /** What its codes are made with. */
  readonly oath: { readonly secret: string; readonly digits: number; readonly period: number };
}

/** Writes a new file (mode 0600); fails when there is one already. */
export function writeDevice(path: string, device: StoredDevice): void {
  const { url, deviceId, userName, issuer, privateKey, oath } = device;
  const content = Stored.parse({ version: 1, url, deviceId, userName, issuer, privateKey, oath });
  writeFileSync(path, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flag: "wx" });
}

/** Throws with the file's name and nothing of what is in it. */
export function readDevice(path: string): StoredDevice {
  const text = readFileSync(path, "utf8");
  try {
    return Stored.parse(JSON.parse(text));
  } catch {
    throw new Error(`${path} is no device that was activated by portcullis device activate.`);
  }
}
