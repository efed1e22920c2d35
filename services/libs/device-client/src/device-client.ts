import { generateSync } from "otplib";
import { z } from "zod";
import { type CallToSign, signCall } from "./sign-call.js";
import type { StoredDevice } from "./stored-device.js";

const ANSWER_LIMIT_MS = 20_000;
const MAX_ANSWER_LENGTH = 262_144;

const ShownChallenge = z.object({
  challengeId: z.string(),
  loginId: z.string(),
  attempt: z.int(),
  notice: z.enum(["none", "pin-wrong", "match-wrong", "code-wrong"]),
  application: z.string(),
  userName: z.string(),
  station: z.string(),
  sourceAddress: z.string(),
  requestedAtMs: z.number(),
  expiresAtMs: z.number(),
  asksPin: z.boolean(),
  matching: z.enum(["none", "number", "context"]),
  choices: z.array(z.string()),
});
export type ShownChallenge = z.infer<typeof ShownChallenge>;

const ShownResult = z.object({
  challengeId: z.string(),
  result: z.string(),
  closedAtMs: z.number(),
  application: z.string().optional(),
});
const InboxAnswer = z.object({
  version: z.string(),
  challenges: z.array(ShownChallenge),
  results: z.array(ShownResult),
  serverTimeMs: z.number(),
});
export type InboxAnswer = z.infer<typeof InboxAnswer>;

const AnswerOutcome = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("closed"), result: z.string() }),
  z.object({ outcome: z.literal("again"), attempt: z.int(), notice: z.string() }),
  z.object({ outcome: z.literal("fraud-reported") }),
  z.object({ outcome: z.literal("taken") }),
]);
export type AnswerOutcome = z.infer<typeof AnswerOutcome>;

const DeviceAnswer = z.object({
  deviceId: z.string(),
  name: z.string(),
  platform: z.string(),
  userName: z.string(),
  issuer: z.string(),
  createdAtMs: z.number(),
  hasPushSubscription: z.boolean(),
  serverTimeMs: z.number(),
  vapidPublicKey: z.string().optional(),
});
export type DeviceAnswer = z.infer<typeof DeviceAnswer>;

export interface DeviceAnswerToGive {
  readonly word: "approve" | "deny" | "fraud";
  readonly attempt: number;
  readonly pin?: string;
  readonly matched?: string;
}

/** As a browser's PushSubscription has it. */
export interface PushSubscriptionToSend {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/** The server refused a call: its status, and the word for why. */
export class DeviceCallRefused extends Error {
  override readonly name = "DeviceCallRefused";
  readonly status: number;
  /** As `error` in the answer. */
  readonly reason: string;
  readonly serverTimeMs: number | undefined;

  constructor(status: number, body: string) {
    const { error, message, serverTimeMs } = refusalIn(body);
    super(message);
    this.status = status;
    this.reason = error;
    this.serverTimeMs = serverTimeMs;
  }
}

/** An activated device. A clock that is wrong is put right by what the server says, once for each call. */
export class DeviceClient {
  readonly #device: StoredDevice;
  /** How far the server's clock is ahead of ours. */
  #aheadMs = 0;

  constructor(device: StoredDevice) {
    this.#device = device;
  }

  /**
   * What the user is asked. Waits until there is something else than `known`, up to `waitSeconds`.
   * Fails with `DeviceCallRefused`, or with the network's own error.
   */
  async inbox(options: { readonly waitSeconds?: number; readonly known?: string; readonly signal?: AbortSignal } = {}) {
    const { waitSeconds = 0, known = "", signal } = options;
    const query = new URLSearchParams({ wait: String(waitSeconds), known });
    const limitMs = ANSWER_LIMIT_MS + waitSeconds * 1_000;
    const call = { method: "GET", path: `/device/v1/inbox?${query.toString()}`, limitMs, signal } as const;
    return InboxAnswer.parse(await this.#call(call));
  }

  async answer(challengeId: string, answer: DeviceAnswerToGive): Promise<AnswerOutcome> {
    const path = `/device/v1/challenges/${encodeURIComponent(challengeId)}/answer`;
    return AnswerOutcome.parse(await this.#call({ method: "POST", path, message: answer }));
  }

  async show(): Promise<DeviceAnswer> {
    return DeviceAnswer.parse(await this.#call({ method: "GET", path: "/device/v1/device" }));
  }

  /** The device is gone with it, for good. */
  async remove(): Promise<void> {
    await this.#call({ method: "DELETE", path: "/device/v1/device" });
  }

  async subscribe(subscription: PushSubscriptionToSend): Promise<void> {
    await this.#call({ method: "PUT", path: "/device/v1/push-subscription", message: subscription });
  }

  async unsubscribe(): Promise<void> {
    await this.#call({ method: "DELETE", path: "/device/v1/push-subscription" });
  }

  /** The code of now; needs no server. */
  code(nowMs = this.#nowMs()): string {
    const { secret, digits, period } = this.#device.oath;
    return generateSync({ secret, digits, period, algorithm: "sha1", epoch: Math.floor(nowMs / 1_000) });
  }

  #nowMs(): number {
    return Date.now() + this.#aheadMs;
  }

  async #call(call: Call): Promise<unknown> {
    try {
      return await this.#send(call);
    } catch (error) {
      if (!(error instanceof DeviceCallRefused) || error.reason !== "stale" || error.serverTimeMs === undefined)
        throw error;
      this.#aheadMs = error.serverTimeMs - Date.now();
      return this.#send(call);
    }
  }

  async #send({ method, path, message, limitMs = ANSWER_LIMIT_MS, signal }: Call): Promise<unknown> {
    const body = message === undefined ? "" : JSON.stringify(message);
    const signed: CallToSign = { method, path, body };
    const authorization = await signCall(this.#device, signed, this.#nowMs());
    const limit = AbortSignal.timeout(limitMs);
    const response = await fetch(this.#device.url + path, {
      method,
      headers: { authorization, ...(message && { "content-type": "application/json" }) },
      redirect: "error",
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      ...(message && { body }),
    });
    return answerOf(response);
  }
}

interface Call {
  readonly method: CallToSign["method"];
  readonly path: string;
  readonly message?: object;
  readonly limitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What the server answered, as JSON; undefined where it answered nothing. Fails with `DeviceCallRefused`. */
export async function answerOf(response: Response): Promise<unknown> {
  const text = (await response.text()).slice(0, MAX_ANSWER_LENGTH);
  if (!response.ok) throw new DeviceCallRefused(response.status, text);
  return text === "" ? undefined : JSON.parse(text);
}

const Refusal = z.object({
  error: z.string().default("refused"),
  message: z.string(),
  serverTimeMs: z.number().optional(),
});

function refusalIn(body: string): z.infer<typeof Refusal> {
  try {
    return Refusal.parse(JSON.parse(body));
  } catch {
    return { error: "refused", message: "The server refused, without a reason." };
  }
}
