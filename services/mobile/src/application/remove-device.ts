import type { Clock } from "@portcullis/kit";
import type { DeviceId } from "../domain/device.js";
import type { AnnounceDevices } from "./announce-devices.js";
import type { Devices } from "./ports.js";

/** Takes a device away: what it says from then on is nobody's word, and its codes are no codes. */
export class RemoveDevice {
  readonly #devices: Devices;
  readonly #announceDevices: AnnounceDevices;
  readonly #clock: Clock;

  constructor(devices: Devices, announceDevices: AnnounceDevices, clock: Clock) {
    this.#devices = devices;
    this.#announceDevices = announceDevices;
    this.#clock = clock;
  }

  /** @returns false when there is no such device */
  async execute(deviceId: DeviceId): Promise<boolean> {
    const removed = await this.#devices.remove(deviceId, this.#clock.nowMs());
    if (removed === undefined) return false;
    await this.#announceDevices.announce(removed);
    return true;
  }
}
