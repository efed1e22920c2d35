import type { Clock, Log } from "@portcullis/kit";
import type { Device } from "../domain/device.js";
import type { Devices, MobileEvents } from "./ports.js";

const EVERY_MS = 10_000;
/** Whoever changed it tells it at once; only what is older was left over. */
const LEFT_OVER_AFTER_MS = 5_000;
const MAX_AT_ONCE = 500;

/**
 * Tells the others about each change of a device, once at least: a change is written first, then told, then noted as told. What
 * a replica that died has not told, any other one tells.
 */
export class AnnounceDevices {
  readonly #parts: {
    readonly devices: Pick<Devices, "unannounced" | "announced" | "changeAll">;
    readonly events: Pick<MobileEvents, "deviceChanged">;
    readonly clock: Clock;
    readonly log: Log;
  };
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: {
    readonly devices: Pick<Devices, "unannounced" | "announced" | "changeAll">;
    readonly events: Pick<MobileEvents, "deviceChanged">;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#parts = parts;
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.leftOver(), EVERY_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** Never fails: what can't be told now is told later. */
  async announce(device: Device): Promise<void> {
    const { log } = this.#parts;
    try {
      await this.#tell(device);
    } catch (error) {
      log.warn("device.not_announced", { deviceId: device.deviceId, error });
    }
  }

  /** Tells of every device once more, as it is stored now: their secrets may be sealed under another key since they were told. */
  async allAgain(signal: AbortSignal): Promise<void> {
    const { devices, clock } = this.#parts;
    const nowMs = clock.nowMs();
    await devices.changeAll(nowMs);
    while (!signal.aborted) {
      const left = await devices.unannounced(nowMs, MAX_AT_ONCE);
      if (left.length === 0) return;
      for (const device of left) await this.#tell(device);
    }
  }

  async #tell(device: Device): Promise<void> {
    const { devices, events } = this.#parts;
    await events.deviceChanged(device);
    await devices.announced(device);
  }

  /** Tells what was left over. */
  async leftOver(): Promise<void> {
    const { devices, clock, log } = this.#parts;
    try {
      const left = await devices.unannounced(clock.nowMs() - LEFT_OVER_AFTER_MS, MAX_AT_ONCE);
      for (const device of left) await this.announce(device);
    } catch (error) {
      log.debug("device.none_announced", { error }); // Tried again soon.
    }
  }
}
