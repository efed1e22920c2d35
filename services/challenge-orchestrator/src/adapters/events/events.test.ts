import { createSecretKey, randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { PooledRandom, Sealer } from "@portcullis/kit";
import { clientReplyAttributesPlace, decodeWaitingExchange, encodeWaitingExchange } from "@portcullis/login";
import {
  type ClientChanged,
  ClientChangedSchema,
  MfaDemand,
  PrimaryDecidedSchema,
  PrimaryOutcome,
  ResultCode,
} from "@portcullis/proto";
import { describe, expect, it } from "vitest";
import { ClientRegistry } from "./client-registry.js";
import { decisionOf } from "./primary-decided.controller.js";

const key = createSecretKey(randomBytes(32));
const sealer = new Sealer({ active: 1, sealing: new Map([[1, key]]), digest: key, audit: key }, new PooledRandom());

describe("decisionOf", () => {
  const context = { loginId: "l", exchangeId: "e" };
  const decide = (outcome: PrimaryOutcome, resultCode: ResultCode) =>
    decisionOf(create(PrimaryDecidedSchema, { context, outcome, resultCode }));

  it("reads what was proven and what was refused", () => {
    expect(decide(PrimaryOutcome.ACCEPTED, ResultCode.UNSPECIFIED).result).toEqual({ kind: "accepted" });
    expect(decide(PrimaryOutcome.REJECTED, ResultCode.FAILED_USER_UNKNOWN).result).toEqual({
      kind: "refused",
      resultCode: "FAILED_USER_UNKNOWN",
    });
  });

  it.each([
    [PrimaryOutcome.UNSPECIFIED, ResultCode.UNSPECIFIED],
    [PrimaryOutcome.UNSPECIFIED, ResultCode.FAILED_USER_UNKNOWN],
    [PrimaryOutcome.ACCEPTED, ResultCode.FAILED_USER_UNKNOWN],
    [PrimaryOutcome.REJECTED, ResultCode.UNSPECIFIED],
    [PrimaryOutcome.CHALLENGED, ResultCode.UNSPECIFIED],
    [PrimaryOutcome.CHALLENGED, ResultCode.FAILED_USER_UNKNOWN],
    [PrimaryOutcome.REJECTED, ResultCode.SUCCESS_MFA_NOT_REQUIRED],
  ])("takes nothing unclear for a proven first factor: outcome %i, code %i", (outcome, resultCode) => {
    expect(() => decide(outcome, resultCode)).toThrow(Error);
  });

  it("keeps whom the target named, as far as to the exchange that waits", () => {
    const named = (provenName: string) =>
      decisionOf(create(PrimaryDecidedSchema, { context, outcome: PrimaryOutcome.ACCEPTED, provenName }));
    expect(decodeWaitingExchange(encodeWaitingExchange(named("alice"))).provenName).toBe("alice");
    expect(decodeWaitingExchange(encodeWaitingExchange(named("")))).not.toHaveProperty("provenName");
  });

  it("refuses an event without its context", () => {
    const event = create(PrimaryDecidedSchema, { outcome: PrimaryOutcome.ACCEPTED });
    expect(() => decisionOf(event)).toThrow("has no context");
  });
});

const vpn = (generation: bigint, mfa: boolean): { key: string; state: ClientChanged } => ({
  key: "vpn",
  state: create(ClientChangedSchema, {
    name: "vpn",
    generation,
    rules: [{ name: "client", mfa: mfa ? MfaDemand.ON : MfaDemand.OFF }],
    rejectDelayMs: 700,
  }),
});

describe("ClientRegistry", () => {
  it("has the newest state of each client, and none of one that was removed", () => {
    const clients = new ClientRegistry(sealer);
    expect(clients.find("vpn")).toBeUndefined();
    clients.take(vpn(2n, true));
    clients.take(vpn(1n, false));
    expect(clients.find("vpn")).toMatchObject({ rules: [{ settings: { mfa: "on" } }], rejectDelayMs: 700 });
    clients.take(vpn(3n, false));
    expect(clients.find("vpn")?.rules[0]?.settings.mfa).toBe("off");
    clients.take({ key: "vpn", state: undefined });
    expect(clients.find("vpn")).toBeUndefined();
  });

  it("opens the reply attributes of each rule, and takes none that was sealed for another place", () => {
    const clients = new ClientRegistry(sealer);
    const seal = (at: number) => sealer.seal(Uint8Array.of(11, 3, 0x61), clientReplyAttributesPlace("vpn", at));
    const stateOf = (sealedAttributes: Uint8Array) =>
      create(ClientChangedSchema, {
        name: "vpn",
        generation: 1n,
        replyAttributes: [{ groups: ["ops"], sealedAttributes }],
      });
    clients.take({ key: "vpn", state: stateOf(seal(0)) });
    expect(clients.find("vpn")?.replyAttributes).toEqual([{ groups: ["ops"], attributes: Buffer.from([11, 3, 0x61]) }]);
    expect(() => clients.take({ key: "vpn", state: stateOf(seal(1)) })).toThrow("not sealed for it");
  });
});
