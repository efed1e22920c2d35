import { type Clock, fail, type KeyedDigest, ok, type Random, type Result, type Sealer } from "@portcullis/kit";
import { deviceSecretPlace } from "@portcullis/login";
import { readActivationCode } from "../domain/activation-code.js";
import type { Device, DeviceId, DeviceKey } from "../domain/device.js";
import { encodeBase32, makeOathSecret } from "../domain/oath-secret.js";
import type { AnnounceDevices } from "./announce-devices.js";
import { codeDigestOf } from "./create-activation.js";
import type { Devices, Settings, Signatures } from "./ports.js";

const DEVICE_ID_BYTES = 16;

export interface ActivationRequest {
  readonly code: string;
  readonly publicKey: DeviceKey;
  readonly name: string;
  readonly platform: string;
}

export interface ActivatedDevice {
  readonly deviceId: DeviceId;
  readonly userName: string;
  readonly issuer: string;
  /** Base32. Told this once. */
  readonly oathSecret: string;
  readonly vapidPublicKey: string | undefined;
}

export type ActivationRefusal = "not-configured" | "refused" | "bad-key" | "too-many-devices";

export interface ActivateDeviceParts {
  readonly devices: Devices;
  readonly settings: Settings;
  readonly signatures: Signatures;
  readonly announceDevices: AnnounceDevices;
  readonly sealer: Sealer;
  readonly digest: KeyedDigest;
  readonly random: Random;
  readonly clock: Clock;
}

/** Makes a device of whoever has a code, and uses the code up. */
export class ActivateDevice {
  readonly #parts: ActivateDeviceParts;

  constructor(parts: ActivateDeviceParts) {
    this.#parts = parts;
  }

  async execute(request: ActivationRequest): Promise<Result<ActivatedDevice, ActivationRefusal>> {
    const { devices, settings, signatures, announceDevices, digest, random, clock } = this.#parts;
    const { current } = settings;
    if (current === undefined) return fail("not-configured");
    const code = readActivationCode(request.code);
    if (code === undefined) return fail("refused");
    // Before the code is looked at: a wrong key does not use it up, and says nothing about it.
    if (!(await signatures.isKey(request.publicKey))) return fail("bad-key");
    const secret = makeOathSecret(random);
    const deviceId = random.bytes(DEVICE_ID_BYTES).toString("hex") as DeviceId;
    const use = { digest: codeDigestOf(digest, code), maxDevices: current.maxDevices, nowMs: clock.nowMs() };
    const activated = await devices.activate(use, ({ userId }) =>
      this.#deviceOf(request, { deviceId, userId, secret, nowMs: use.nowMs }),
    );
    if (activated.kind !== "activated") return fail(activated.kind);
    const oathSecret = encodeBase32(secret);
    secret.fill(0);
    // It is there already: what can't be told now is told later.
    await announceDevices.announce(activated.device);
    const { issuer, vapidPublicKey } = current;
    return ok({ deviceId, userName: activated.user.name, issuer, oathSecret, vapidPublicKey });
  }

  #deviceOf(
    { publicKey, name, platform }: ActivationRequest,
    made: Pick<Device, "deviceId" | "userId"> & { readonly secret: Uint8Array; readonly nowMs: number },
  ): Device {
    const { deviceId, userId, secret, nowMs } = made;
    return {
      deviceId,
      userId,
      generation: 1,
      name,
      platform,
      publicKey,
      active: true,
      sealedOathSecret: this.#parts.sealer.seal(secret, deviceSecretPlace(deviceId, userId)),
      sealedSubscription: undefined,
      createdAtMs: nowMs,
      seenAtMs: nowMs,
    };
  }
}
