import { expect, test } from "vitest";
import { configurationReference } from "../index.js";

test("has a row with type, default and range for each key, and a section for each mapping", () => {
  const page = configurationReference();
  for (const row of [
    "| `mfa` | `true`, `false`, `enrolled` | `true` | Second factor on or off; enrolled:",
    "| `mfa` | `true`, `false`, `enrolled` | none | Second factor on or off; enrolled:",
    '| `methods` | list of `oath`, `sms`, `voice`, `app`, `manual` | `["oath","sms","voice","app"]` |',
    "| `type` | `twilio` | required | Twilio, or a service with the same interface. |",
    "| `headers` | mapping | none |",
    "| `defaultMethod` | The method that she is asked with first. |",
    "| `rejectDelayMs` | whole number | `1000` | Milliseconds that an Access-Reject is held back. From 0 to 10000. |",
    "| `secret` | secret | required |",
    "| `secrets` | list of secrets | none |",
    "| `algorithm` | `sha1`, `sha256`, `sha512` | `sha1` |",
    "| `fromEnv` | text |",
    "| `passwordHash` | argon2id hash, in quotes since it holds commas;",
  ]) {
    expect(page).toContain(row);
  }
  expect(page.match(/^### .*$/gm)).toEqual([
    "### Top level",
    "### radius",
    "### radius.listen[]",
    "### radius.listen[].tls",
    "### clients[]",
    "### clients[].tls",
    "### clients[].replyAttributes[]",
    "### clients[].remember[]",
    "### clients[].appendedCode",
    "### targets[]",
    "### targets[].servers[]",
    "### policies[]",
    "### policies[].remember[]",
    "### notifications",
    "### notifications.providers[] of type twilio",
    "### notifications.providers[] of type smpp",
    "### notifications.providers[] of type http",
    "### notifications.providers[] of type smtp",
    "### notifications.providers[] of type outbox",
    "### notifications.webPush",
    "### mobile",
    "### fraud",
    "### http",
    "### http.listen[]",
    "### http.listen[].tls",
    "### users[]",
    "### users[].tokens[]",
    "### Secrets",
  ]);
  expect(page).not.toMatch(/undefined|\| {2}\||[^.]\.\. /);
});
