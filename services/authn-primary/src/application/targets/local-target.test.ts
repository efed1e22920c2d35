import { HashesBusy } from "@portcullis/kit";
import type { ExchangeId, UserId } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import type { Account } from "../../domain/account.js";
import type { Attempt } from "../../domain/first-factor.js";
import { LocalTarget } from "./local-target.js";

const DECOY = "hash of nothing";
const password = Buffer.from("correct horse");
const alice: Account = { userId: "alice" as UserId, enabled: true, passwordHash: "hash of correct horse" };

const ACCEPTED = { kind: "accepted" };
const invalid = { kind: "refused", reason: "FAILED_REQUEST_INVALID" };

function attempt(account: Account | undefined, typed: Uint8Array | undefined): Attempt {
  const exchangeId = "x1" as ExchangeId;
  const request = {
    exchangeId,
    client: "vpn",
    credential: "password",
    attributes: undefined,
    server: undefined,
  } as const;
  return { ...request, account, password: typed, deadlineMs: 1_000 };
}

/** Matches a password that the hash names. The decoy's would match too: nothing may come of that. */
function target() {
  const verified: { readonly hash: string; readonly password: string }[] = [];
  const hasher = {
    decoy: DECOY,
    hash: () => Promise.reject(new Error("nothing is hashed at a login")),
    verify: (hash: string, bytes: Uint8Array) => {
      const typed = Buffer.from(bytes).toString();
      verified.push({ hash, password: typed });
      return Promise.resolve(hash === DECOY || hash === `hash of ${typed}`);
    },
  };
  return { local: new LocalTarget(hasher), verified };
}

describe("LocalTarget", () => {
  it("accepts the right password", async () => {
    const { local, verified } = target();
    expect(await local.check(attempt(alice, password))).toEqual(ACCEPTED);
    expect(verified).toEqual([{ hash: "hash of correct horse", password: "correct horse" }]);
  });

  const disabled: Account = { ...alice, enabled: false };
  const withoutPassword: Account = { ...alice, passwordHash: undefined };
  const wrong = Buffer.from("correct horsf");
  it.each([
    ["a wrong password", alice, wrong, "FAILED_PRIMARY_REJECTED"],
    ["an empty password", { ...alice, passwordHash: "hash of " }, Buffer.alloc(0), "FAILED_PRIMARY_REJECTED"],
    [
      "a password of 129 bytes",
      { ...alice, passwordHash: `hash of ${"a".repeat(129)}` },
      Buffer.alloc(129, "a"),
      "FAILED_PRIMARY_REJECTED",
    ],
    ["a user without a password", withoutPassword, password, "FAILED_PRIMARY_REJECTED"],
    ["an unknown user", undefined, password, "FAILED_USER_UNKNOWN"],
    ["a disabled user", disabled, password, "FAILED_USER_DISABLED"],
    ["a disabled user's wrong password", disabled, wrong, "FAILED_PRIMARY_REJECTED"],
    ["a disabled user without a password", { ...withoutPassword, enabled: false }, password, "FAILED_PRIMARY_REJECTED"],
  ])("refuses %s after exactly one verification", async (_case, account, typed, code) => {
    const { local, verified } = target();
    expect(await local.check(attempt(account, typed))).toEqual({ kind: "refused", reason: code });
    expect(verified).toEqual([{ hash: account?.passwordHash ?? DECOY, password: typed.toString() }]);
  });

  it("takes a password of 128 bytes", async () => {
    const longest = "a".repeat(128);
    const account = { ...alice, passwordHash: `hash of ${longest}` };
    expect(await target().local.check(attempt(account, Buffer.from(longest)))).toEqual(ACCEPTED);
  });

  it("refuses at once when too many hashes wait, whoever it is for, and does not swallow other trouble", async () => {
    const failing = (error: Error) =>
      new LocalTarget({
        decoy: DECOY,
        hash: async () => {
          throw error;
        },
        verify: async (_hash, _password, client) => {
          if (client === "vpn") throw error;
          return true;
        },
      });
    const throttled = { kind: "refused", reason: "FAILED_AUTHENTICATION_THROTTLED" };
    expect(await failing(new HashesBusy("busy")).check(attempt(alice, password))).toEqual(throttled);
    expect(await failing(new HashesBusy("busy")).check(attempt(undefined, password))).toEqual(throttled);
    await expect(failing(new Error("a bug")).check(attempt(alice, password))).rejects.toThrow("a bug");
  });

  it("refuses a request without a password, whoever it is for", async () => {
    const { local, verified } = target();
    expect(await local.check(attempt(alice, undefined))).toEqual(invalid);
    expect(await local.check(attempt(undefined, undefined))).toEqual(invalid);
    expect(verified).toEqual([]);
  });
});
