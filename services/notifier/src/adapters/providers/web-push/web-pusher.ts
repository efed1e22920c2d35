import { Agent } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { NotificationsSettings } from "@portcullis/configuration";
import webPush from "web-push";
import type { Pusher, PushResult, PushSubscription } from "../../../application/wake-device.js";
import { httpCall } from "../http-call.js";
import { publicLookup } from "./public-lookup.js";

type Vapid = NonNullable<NotificationsSettings["webPush"]>;

/** Connections to one push service, and how many of them stay open. A device that is woken twice shows one entry. */
const CONNECTIONS = { keepAlive: true, maxSockets: 64, maxFreeSockets: 16, timeout: 30_000 };
const P256DH_BYTES = 65;
const AUTH_BYTES = 16;
const MAX_ENDPOINT_LENGTH = 2_048;
const GONE: ReadonlySet<number> = new Set([404, 410]);
const TAKEN: ReadonlySet<number> = new Set([200, 201, 202, 204]);

/** Web Push: encrypted for the browser (RFC 8291), signed for the push service (RFC 8292). */
export class WebPusher implements Pusher {
  readonly #vapid: () => Vapid | undefined;
  readonly #lookup: LookupFunction;
  readonly #agent = new Agent(CONNECTIONS);

  /** @param lookup resolves names of push services; other than the usual one for tests */
  constructor(vapid: () => Vapid | undefined, lookup: LookupFunction = publicLookup) {
    this.#vapid = vapid;
    this.#lookup = lookup;
  }

  async push(subscription: PushSubscription, payload: string, ttlSeconds: number): Promise<PushResult> {
    const vapid = this.#vapid();
    if (vapid === undefined) return "not-configured";
    if (!isUsable(subscription)) return "refused";
    const { endpoint, p256dh, auth } = subscription;
    const keys = { p256dh: Buffer.from(p256dh).toString("base64url"), auth: Buffer.from(auth).toString("base64url") };
    const { method, headers, body } = webPush.generateRequestDetails({ endpoint, keys }, payload, {
      vapidDetails: vapid,
      TTL: ttlSeconds,
      urgency: "high",
    });
    const result = await httpCall({
      url: endpoint,
      method,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      body: body ?? "",
      agent: this.#agent,
      lookup: this.#lookup,
    });
    if (result.kind === "not-sent") return "away";
    if (result.kind === "unknown") return "unknown";
    if (TAKEN.has(result.status)) return "sent";
    if (GONE.has(result.status)) return "ended";
    return result.status === 429 || result.status >= 500 ? "away" : "refused";
  }

  onModuleDestroy(): void {
    this.#agent.destroy();
  }
}

/** Fail closed: what is no subscription of a browser is asked nothing. */
function isUsable({ endpoint, p256dh, auth }: PushSubscription): boolean {
  if (p256dh.length !== P256DH_BYTES || auth.length !== AUTH_BYTES) return false;
  if (endpoint.length > MAX_ENDPOINT_LENGTH || !URL.canParse(endpoint)) return false;
  const { protocol, hostname, username, password } = new URL(endpoint);
  // An address in place of a name is not looked up, so it could not be forbidden.
  return protocol === "https:" && username === "" && password === "" && isIP(hostname.replace(/^\[|\]$/g, "")) === 0;
}
