import { expect, test } from "vitest";
import { configurationReference } from "../index.js";

test("has a row with type, default and range for each key, and a section for each mapping", () => {
  const page = configurationReference();
  for (const row of [
    "| `mfa` | true or false | `true` | Second factor on or off. |",
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
    "### clients[].appendedCode",
    "### targets[]",
    "### targets[].servers[]",
    "### users[]",
    "### users[].tokens[]",
    "### Secrets",
  ]);
  expect(page).not.toMatch(/undefined|\| {2}\||[^.]\.\. /);
});
