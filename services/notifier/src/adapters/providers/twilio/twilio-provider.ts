import type { TwilioSettings } from "@portcullis/configuration";
import { z } from "zod";
import type { CallPlace, OutgoingCall, OutgoingText, Provider } from "../../../application/ports.js";
import type { Script } from "../../../domain/call-script.js";
import type { Handed, Kind } from "../../../domain/delivery.js";
import { httpCall, isRefusal } from "../http-call.js";
import { isSigned, twilioSignature } from "./signature.js";
import { twimlOf } from "./twiml.js";

const RING_SECONDS = 30;
/** Pauses of half a second each before the digits of an extension: whoever answers speaks first. */
const BEFORE_EXTENSION = "wwww";
const MAX_VALIDITY_SECONDS = 14_400;
/** Twilio's codes for a number that is none, or where nobody can be reached: no other provider will do better. */
const UNREACHABLE_CODES: ReadonlySet<number> = new Set([13_223, 13_224, 21_211, 21_217, 21_401, 21_610, 21_614]);

const Taken = z.object({ sid: z.string().regex(/^[A-Z]{2}[0-9a-f]{32}$/) });
const Refused = z.object({ code: z.int() });

/** Calls and texts by Twilio's REST API (2010-04-01). What happens in a call comes back by webhooks below `publicUrl`. */
export class TwilioProvider implements Provider {
  readonly name: string;
  readonly does: ReadonlySet<Kind>;
  readonly #settings: TwilioSettings;
  readonly #publicUrl: string | undefined;

  constructor(settings: TwilioSettings, publicUrl: string | undefined) {
    this.name = settings.name;
    this.does = new Set(settings.does);
    this.#settings = settings;
    this.#publicUrl = publicUrl;
  }

  async call({ challengeId, leg, to, extension }: OutgoingCall): Promise<Handed> {
    if (this.#publicUrl === undefined) return { kind: "refused", why: "notifications.publicUrl is not set" };
    const place = { challengeId, leg };
    return this.#create("Calls", {
      To: to,
      Url: this.callUrl(place, "taken"),
      StatusCallback: this.callUrl(place, "ended"),
      Timeout: String(RING_SECONDS),
      ...(extension === "" ? {} : { SendDigits: `${BEFORE_EXTENSION}${extension}` }),
    });
  }

  text({ challengeId, step, to, text, ttlSeconds }: OutgoingText): Promise<Handed> {
    return this.#create("Messages", {
      To: to,
      Body: text,
      ValidityPeriod: String(Math.min(ttlSeconds, MAX_VALIDITY_SECONDS)),
      ...(this.#publicUrl === undefined ? {} : { StatusCallback: this.#url(`texts/${challengeId}/${step}/status`) }),
    });
  }

  async say(reference: string, script: Script): Promise<void> {
    await this.#update(reference, { Twiml: twimlOf(script, "") });
  }

  /** Ends a call whatever it does: a phone that rings stops ringing. */
  async hangUp(reference: string): Promise<void> {
    await this.#update(reference, { Status: "completed" });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  callUrl({ challengeId, leg }: CallPlace, event: "taken" | "keys" | "ended"): string {
    return this.#url(`calls/${challengeId}/${leg}/${event}`);
  }

  /**
   * Whether Twilio has sent a webhook. Fail closed: without `publicUrl` none can be checked.
   * @param path with what stands behind a question mark, as it reached us
   */
  isWebhook(path: string, form: Readonly<Record<string, string>>, signature: string | undefined): boolean {
    if (this.#publicUrl === undefined) return false;
    const expected = twilioSignature(this.#settings.authToken, `${this.#publicUrl}${path}`, form);
    return isSigned(expected, signature);
  }

  #url(path: string): string {
    return `${this.#publicUrl}/webhooks/twilio/${encodeURIComponent(this.name)}/${path}`;
  }

  async #create(resource: "Calls" | "Messages", fields: Readonly<Record<string, string>>): Promise<Handed> {
    const result = await this.#post(`${resource}.json`, { From: this.#settings.from, ...fields });
    if (result.kind === "not-sent") return { kind: "refused", why: result.why };
    if (result.kind === "unknown") return result;
    const answer = jsonOf(result.body);
    if (result.status === 201 || result.status === 200) {
      const taken = Taken.safeParse(answer);
      return taken.success
        ? { kind: "taken", reference: taken.data.sid }
        : { kind: "unknown", why: "an answer without a sid" };
    }
    // Twilio's own message repeats the number, so only its code is told.
    const code = Refused.safeParse(answer).data?.code ?? 0;
    const why = `status ${result.status}, code ${code}`;
    if (UNREACHABLE_CODES.has(code)) return { kind: "unreachable", why };
    return { kind: isRefusal(result.status) ? "refused" : "unknown", why };
  }

  async #update(callSid: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const result = await this.#post(`Calls/${encodeURIComponent(callSid)}.json`, fields);
    // 404 and 400: the call is over already.
    const isDone =
      result.kind === "answer" && (result.status === 200 || result.status === 404 || result.status === 400);
    if (!isDone) throw new Error(`A call was not changed: ${result.kind === "answer" ? result.status : result.why}.`);
  }

  #post(path: string, fields: Readonly<Record<string, string>>): ReturnType<typeof httpCall> {
    const { accountSid, authToken, apiUrl } = this.#settings;
    const basic = Buffer.from(`${accountSid}:${authToken}`).toString("base64");
    return httpCall({
      url: `${apiUrl}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/${path}`,
      method: "POST",
      headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
    });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No JSON says nothing.
  }
}
