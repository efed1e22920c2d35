import { format, inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "./secret.js";

test("a secret prints as [redacted] however it is printed, and reveals its value", () => {
  const secret = new Secret("hunter2");
  const holder = { secret, list: [secret], error: new Error("failed", { cause: secret }) };
  const printed = [
    String(secret),
    ["", secret].join(),
    secret.toString(),
    JSON.stringify(holder),
    inspect(holder, { depth: 9, showHidden: true }),
    format("%s %o %O %j %d", secret, secret, secret, secret, secret),
    Object.entries(secret).join(),
    JSON.stringify(structuredClone(holder.list)),
  ].join("\n");
  expect(printed).toContain("[redacted]");
  expect(printed).not.toContain("hunter2");
  expect(secret.reveal()).toBe("hunter2");
});
