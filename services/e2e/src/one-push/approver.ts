import type { DeviceClient } from "@portcullis/device-client";
import { sleepMs } from "@portcullis/testkit";

const LOOK_SECONDS = 5;
const PAUSE_MS = 500;

/** A person with her phone: she reads what she is asked, for a while, and approves. */
export class Approver {
  readonly #device: DeviceClient;
  readonly #thinksMs: number;
  readonly #leaving = new AbortController();
  readonly #prompts = new Set<string>();
  readonly #answers = new Map<string, Promise<void>>();
  #looking: Promise<void> | undefined;

  constructor(device: DeviceClient, thinksMs: number) {
    this.#device = device;
    this.#thinksMs = thinksMs;
  }

  /** Everything that she was asked, each once however often it was shown. */
  get prompts(): ReadonlySet<string> {
    return this.#prompts;
  }

  start(): void {
    this.#looking = this.#look();
  }

  async stop(): Promise<void> {
    this.#leaving.abort();
    await this.#looking;
    await Promise.all(this.#answers.values());
  }

  async #look(): Promise<void> {
    const { signal } = this.#leaving;
    let known = "";
    while (!signal.aborted) {
      try {
        const inbox = await this.#device.inbox({ waitSeconds: LOOK_SECONDS, known, signal });
        known = inbox.version;
        for (const { challengeId, attempt } of inbox.challenges) {
          this.#prompts.add(challengeId);
          if (!this.#answers.has(challengeId)) this.#answers.set(challengeId, this.#approve(challengeId, attempt));
        }
      } catch {
        await sleepMs(PAUSE_MS); // A replica that is killed; the next look finds another state.
      }
    }
  }

  async #approve(challengeId: string, attempt: number): Promise<void> {
    await sleepMs(this.#thinksMs);
    await this.#device.answer(challengeId, { word: "approve", attempt }).catch(() => undefined);
  }
}
