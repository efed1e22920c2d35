import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";

export const ACCOUNT_SID = `AC${"0123456789abcdef".repeat(2)}`;
export const AUTH_TOKEN = "fedcba9876543210fedcba9876543210";

type Form = Readonly<Record<string, string>>;

export interface PlacedCall {
  readonly sid: string;
  readonly form: Form;
  status: "queued" | "in-progress" | "completed" | "canceled";
  /** What we were told to say into the open call. */
  readonly broken: string[];
}

export interface PlacedText {
  readonly sid: string;
  readonly form: Form;
}

/** What somebody hears, and where her keys go. */
export interface Heard {
  readonly says: readonly { readonly language: string; readonly text: string }[];
  readonly keysUrl: string | undefined;
  readonly hangsUp: boolean;
}

/**
 * How the next request is answered: as Twilio does when it is away, in trouble, refuses a number, breaks off after it has acted, or
 * acts and says nothing until `breakOff`.
 */
export type Trouble = { readonly status: number; readonly code?: number } | "broken" | "silent";

/**
 * Twilio's REST API of calls and texts, and its webhooks, on loopback: written from its documentation. Webhooks are signed by
 * Twilio's own library, for the public URL; they are sent to `reach`, as a reverse proxy would pass them on.
 */
export class TwilioServer {
  readonly calls: PlacedCall[] = [];
  readonly texts: PlacedText[] = [];
  readonly troubles: Trouble[] = [];
  readonly #silent: IncomingMessage[] = [];
  readonly #server: Server;
  readonly #publicUrl: string;
  readonly #reach: () => string;

  private constructor(publicUrl: string, reach: () => string) {
    this.#publicUrl = publicUrl;
    this.#reach = reach;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(publicUrl: string, reach: () => string): Promise<TwilioServer> {
    const twilio = new TwilioServer(publicUrl, reach);
    await new Promise<void>((resolve) => twilio.#server.listen(0, "127.0.0.1", resolve));
    return twilio;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Breaks off the requests that it has not answered. */
  breakOff(): void {
    for (const request of this.#silent.splice(0)) request.socket.destroy();
  }

  /** Somebody takes the call. */
  async take(call: PlacedCall): Promise<Heard> {
    call.status = "in-progress";
    return this.#ask(call.form["Url"] ?? "", this.#callForm(call));
  }

  /** Presses keys, a # behind them; without one nothing more is pressed until the time is over. */
  press(call: PlacedCall, heard: Heard, keys: string): Promise<Heard> {
    const finished = keys.endsWith("#");
    const form = {
      ...this.#callForm(call),
      Digits: keys.replace(/#$/, ""),
      FinishedOnKey: finished ? "#" : "",
      msg: "Gather End",
    };
    return this.#ask(heard.keysUrl ?? "", form);
  }

  async end(call: PlacedCall, status: string): Promise<void> {
    call.status = "completed";
    await this.post(call.form["StatusCallback"] ?? "", { ...this.#callForm(call), CallStatus: status });
  }

  async receipt(text: PlacedText, status: string): Promise<void> {
    await this.post(text.form["StatusCallback"] ?? "", { ...text.form, MessageSid: text.sid, MessageStatus: status });
  }

  /** Sends a signed webhook. */
  async post(
    url: string,
    form: Form,
    signature = getExpectedTwilioSignature(AUTH_TOKEN, url, { ...form }),
  ): Promise<Response> {
    return fetch(url.replace(this.#publicUrl, this.#reach()), {
      method: "POST",
      headers: { "x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded; charset=UTF-8" },
      body: new URLSearchParams(form),
    });
  }

  async #ask(url: string, form: Form): Promise<Heard> {
    const response = await this.post(url, form);
    if (response.status !== 200) throw new Error(`A webhook answered with ${response.status}.`);
    if (!(response.headers.get("content-type") ?? "").startsWith("text/xml")) throw new Error("TwiML is XML.");
    return heardIn(await response.text());
  }

  #callForm(call: PlacedCall): Form {
    const { To = "", From = "" } = call.form;
    return { CallSid: call.sid, AccountSid: ACCOUNT_SID, To, From, CallStatus: call.status, Direction: "outbound-api" };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const basic = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString("base64")}`;
    if (request.headers.authorization !== basic)
      return answer(401, { code: 20_003, message: "Authenticate", status: 401 });
    if (request.headers["content-type"] !== "application/x-www-form-urlencoded") return answer(415, { code: 0 });
    const form = Object.fromEntries(new URLSearchParams(body));
    const trouble = this.troubles.shift();
    if (trouble !== undefined && typeof trouble === "object") {
      return answer(trouble.status, { code: trouble.code ?? 20_500, message: `The 'To' number ${form["To"]} is bad.` });
    }
    const [, resource, sid] =
      new RegExp(`^/2010-04-01/Accounts/${ACCOUNT_SID}/(Calls|Messages)(?:/(CA[0-9a-f]{32}))?\\.json$`).exec(
        request.url ?? "",
      ) ?? [];
    if (request.method !== "POST" || resource === undefined) return answer(404, { code: 20_404 });
    if (sid !== undefined) return this.#change(sid, form, answer);
    const made = { sid: `${resource === "Calls" ? "CA" : "SM"}${randomBytes(16).toString("hex")}`, form };
    if (resource === "Calls") this.calls.push({ ...made, status: "queued", broken: [] });
    else this.texts.push(made);
    if (trouble === "broken") request.socket.destroy();
    else if (trouble === "silent") this.#silent.push(request);
    else answer(201, { sid: made.sid, status: "queued", to: form["To"], from: form["From"] });
  }

  #change(sid: string, form: Form, answer: (status: number, body: object) => void): void {
    const call = this.calls.find((one) => one.sid === sid);
    const isOver = call?.status === "completed" || call?.status === "canceled";
    if (call === undefined || isOver || (form["Twiml"] !== undefined && call.status !== "in-progress")) {
      answer(400, { code: 21_220 });
      return;
    }
    if (form["Twiml"] !== undefined) {
      call.broken.push(...heardIn(form["Twiml"]).says.map(({ text }) => text));
      call.status = "completed";
    } else if (form["Status"] === "completed") {
      call.status = call.status === "in-progress" ? "completed" : "canceled";
    }
    answer(200, { sid, status: call.status });
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function plain(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_all, name: string) => ENTITIES[name] ?? "");
}

/** Reads TwiML as far as we use it, and refuses everything else. */
function heardIn(xml: string): Heard {
  const [, verbs] = /^<\?xml version="1.0" encoding="UTF-8"\?><Response>(.*)<\/Response>$/s.exec(xml) ?? [];
  if (verbs === undefined) throw new Error(`This is no TwiML: ${xml}`);
  const says = [...verbs.matchAll(/<Say language="([a-zA-Z-]+)">([^<]*)<\/Say>/g)].map(
    ([, language = "", text = ""]) => ({
      language,
      text: plain(text),
    }),
  );
  const gather =
    /^<Gather input="dtmf" finishOnKey="#" timeout="\d+" actionOnEmptyResult="true" method="POST" action="([^"]+)">(?:<Say [^>]*>[^<]*<\/Say>)+<\/Gather>$/;
  const [, action] = gather.exec(verbs) ?? [];
  const hangsUp = /^(?:<Say [^>]*>[^<]*<\/Say>)*<Hangup\/>$/.test(verbs);
  if (action === undefined && !hangsUp) throw new Error(`This TwiML is not what Twilio knows: ${verbs}`);
  return { says, keysUrl: action === undefined ? undefined : plain(action), hangsUp };
}
