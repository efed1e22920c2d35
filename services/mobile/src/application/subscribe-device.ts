import { createHash } from "node:crypto";
import { fail, ok, type Result, type Sealer } from "@portcullis/kit";
import { pushSubscriptionPlace } from "@portcullis/login";
import type { DeviceId } from "../domain/device.js";
import { isPublicAddress, readPushEndpoint } from "../domain/push-endpoint.js";
import type { Devices, Hosts } from "./ports.js";

/** Where a browser wants to be woken. RFC 8030, RFC 8291. */
export interface Subscription {
  readonly endpoint: string;
  readonly p256dh: Uint8Array;
  readonly auth: Uint8Array;
}

export interface SubscribeDeviceParts {
  readonly devices: Devices;
  readonly hosts: Hosts;
  readonly sealer: Sealer;
  /** A subscription as the event carries it. */
  readonly encode: (subscription: Subscription) => Uint8Array;
  /** For tests. */
  readonly allowLoopback: boolean;
}

/** Keeps where a device wants to be woken. */
export class SubscribeDevice {
  readonly #parts: SubscribeDeviceParts;

  constructor(parts: SubscribeDeviceParts) {
    this.#parts = parts;
  }

  /** `forbidden`: no push service is there. What a name leads to later, whoever calls it must look at again. */
  async execute(deviceId: DeviceId, subscription: Subscription): Promise<Result<undefined, "forbidden" | "gone">> {
    const { devices, sealer, encode } = this.#parts;
    if (!(await this.#isAllowed(subscription.endpoint))) return fail("forbidden");
    const sealed = sealer.seal(encode(subscription), pushSubscriptionPlace(deviceId));
    const endpointDigest = createHash("sha256").update(subscription.endpoint).digest("hex");
    return (await devices.subscribe(deviceId, { sealed, endpointDigest })) ? ok(undefined) : fail("gone");
  }

  async #isAllowed(text: string): Promise<boolean> {
    const endpoint = readPushEndpoint(text, this.#parts.allowLoopback);
    if (endpoint?.host === undefined) return endpoint !== undefined;
    const addresses = await this.#parts.hosts.addressesOf(endpoint.host);
    return addresses.length > 0 && addresses.every(isPublicAddress);
  }
}
