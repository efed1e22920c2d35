import { DEFAULT_ADDRESS } from "../schema/radius-schema.js";
import type { Secret } from "../secrets/secret.js";
import { areVapidKeys, checkVapidPublicKey } from "../values/vapid-keys.js";
import { formatPath, listAt, textAt, valueAt } from "../yaml/content-path.js";
import type { Finding } from "./finding.js";

const PROVIDERS = ["notifications", "providers"];
const HTTP_LISTEN = ["http", "listen"];
const WEB_PUSH = ["notifications", "webPush"];

/** Key presses and answers come to us as calls of the provider's: without an address of ours they never do. */
export function* providersWithoutUrl(content: unknown): Generator<Finding> {
  if (valueAt(content, ["notifications", "publicUrl"]) !== undefined) return;
  for (const [at, provider] of listAt(content, PROVIDERS).entries()) {
    if (valueAt(provider, ["type"]) !== "twilio") continue;
    const message = "needs notifications.publicUrl, where it tells us which keys were pressed and what was answered";
    yield { path: [...PROVIDERS, at], message };
  }
}

export function* httpListenTwice(content: unknown): Generator<Finding> {
  const seen = new Set<string>();
  for (const [at, entry] of listAt(content, HTTP_LISTEN).entries()) {
    const port = valueAt(entry, ["port"]);
    // Port 0 is another free port each time.
    if (typeof port !== "number" || port === 0) continue;
    const key = `${textAt(entry, ["address"]) ?? DEFAULT_ADDRESS} ${port}`;
    if (seen.has(key)) yield { path: [...HTTP_LISTEN, at], message: "is the same address and port a second time" };
    seen.add(key);
  }
}

/** Checked once the private key is resolved. */
export function* vapidPair(content: unknown, secrets: ReadonlyMap<string, Secret>): Generator<Finding> {
  const publicKey = textAt(content, [...WEB_PUSH, "publicKey"]);
  const privateKey = secrets.get(formatPath([...WEB_PUSH, "privateKey"]));
  if (publicKey === undefined || privateKey === undefined || checkVapidPublicKey(publicKey) !== undefined) return;
  if (areVapidKeys(publicKey, privateKey.reveal())) return;
  yield { path: [...WEB_PUSH, "publicKey"], message: "is not the public key of privateKey" };
}
