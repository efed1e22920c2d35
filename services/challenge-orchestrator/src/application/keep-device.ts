import type { Sealer } from "@portcullis/kit";
import { deviceSecretPlace } from "@portcullis/login";
import { deviceSerial, tokenSecretPlace } from "../domain/token.js";
import type { DeviceCopies, DeviceCopy } from "./factor-ports.js";

/** A device as mobile told. */
export interface ToldDevice extends Omit<DeviceCopy, "sealedSecret"> {
  /** Sealed for `deviceSecretPlace`. */
  readonly sealedOathSecret: Uint8Array;
}

/** RFC 4226 section 4 wants 16; less than these no token of ours has. */
const MIN_SECRET_BYTES = 10;

/** Keeps a copy of a device. Its codes are those of a token, so that they are checked, used once and resynchronised like all others. */
export class KeepDevice {
  readonly #devices: Pick<DeviceCopies, "keep">;
  readonly #sealer: Sealer;

  constructor(devices: Pick<DeviceCopies, "keep">, sealer: Sealer) {
    this.#devices = devices;
    this.#sealer = sealer;
  }

  /** Rejects when the secret of an active one was not sealed for it, or is none: such a record is nobody's of ours. */
  async execute({ sealedOathSecret, ...device }: ToldDevice): Promise<void> {
    const sealedSecret = device.active ? this.#resealed(device, sealedOathSecret) : new Uint8Array(0);
    await this.#devices.keep({ ...device, sealedSecret });
  }

  #resealed({ deviceId, userId }: Omit<ToldDevice, "sealedOathSecret">, sealed: Uint8Array): Uint8Array {
    const secret = this.#sealer.open(sealed, deviceSecretPlace(deviceId, userId));
    if (secret === undefined || secret.length < MIN_SECRET_BYTES) {
      throw new Error("The secret of a device's codes was not sealed for it, or is too short.");
    }
    return this.#sealer.seal(secret, tokenSecretPlace(deviceSerial(deviceId), userId));
  }
}
