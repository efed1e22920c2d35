import { createHash } from "node:crypto";
import type { Clock } from "@portcullis/kit";
import type { UserId } from "@portcullis/login";
import type { DeviceId } from "../domain/device.js";
import { type InboxRecord, isShown } from "../domain/inbox.js";
import type { Caller } from "./authenticate-device.js";
import type { Changes } from "./changes.js";
import { challengeIdOf, type Inbox } from "./inbox.js";

const VERSION_BYTES = 9;

export interface InboxView {
  /** Open challenges and ends of a moment ago; the newest last. */
  readonly records: readonly InboxRecord[];
  /** The same as long as the records are. */
  readonly version: string;
}

export interface ReadInboxRequest {
  /** The version that the device has; the call waits as long as there is no other. */
  readonly known: string;
  readonly waitMs: number;
  /** Nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** What a device finds in its user's inbox: at once when it is new to the device, else as soon as it changes. */
export class ReadInbox {
  readonly #inbox: Inbox;
  readonly #changes: Changes;
  readonly #clock: Clock;
  /** The call of each device that is under way. */
  readonly #underWay = new Map<DeviceId, AbortController>();
  #leaving = false;

  constructor(inbox: Inbox, changes: Changes, clock: Clock) {
    this.#inbox = inbox;
    this.#changes = changes;
    this.#clock = clock;
  }

  /** Nobody waits any longer: the process leaves, and the devices come to another one. */
  onModuleDestroy(): void {
    this.#leaving = true;
    for (const call of this.#underWay.values()) call.abort();
  }

  execute({ device, user: { userId } }: Caller, { known, waitMs, signal }: ReadInboxRequest): Promise<InboxView> {
    const endMs = this.#clock.nowMs() + (this.#leaving ? 0 : waitMs);
    return this.#alone(device.deviceId, signal, async (ended) => {
      // Each turn but the last one is a change of this user's inbox that shows the device nothing new.
      for (;;) {
        const view = await this.#changes.watching(userId, async (watch) => {
          const seen = await this.#view(userId);
          if (seen.version === known) await watch.wait(endMs - this.#clock.nowMs(), ended);
          return seen;
        });
        if (view.version !== known || ended.aborted || this.#clock.nowMs() >= endMs) return view;
      }
    });
  }

  /** A device has one call under way: a newer one ends the one before, whose other end is gone as a rule. */
  async #alone<Value>(
    deviceId: DeviceId,
    signal: AbortSignal,
    call: (ended: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    this.#underWay.get(deviceId)?.abort();
    const own = new AbortController();
    this.#underWay.set(deviceId, own);
    const abort = (): void => own.abort();
    signal.addEventListener("abort", abort);
    try {
      return await call(own.signal);
    } finally {
      signal.removeEventListener("abort", abort);
      if (this.#underWay.get(deviceId) === own) this.#underWay.delete(deviceId);
    }
  }

  async #view(userId: UserId): Promise<InboxView> {
    const nowMs = this.#clock.nowMs();
    const records = (await this.#inbox.list(userId)).filter((record) => isShown(record, nowMs));
    records.sort((one, other) => timeOf(one) - timeOf(other));
    return { records, version: versionOf(records) };
  }
}

const timeOf = (record: InboxRecord): number =>
  record.state === "closed" ? record.closedAtMs : record.challenge.requestedAtMs;

function versionOf(records: readonly InboxRecord[]): string {
  const seen = records.map((record) => [
    challengeIdOf(record),
    record.state === "closed" ? record.result : record.challenge.attempt,
  ]);
  const digest = createHash("sha256").update(JSON.stringify(seen)).digest();
  return digest.subarray(0, VERSION_BYTES).toString("base64url");
}
