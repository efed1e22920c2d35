import type { ExchangeId, LoginId, StateToken, UserId } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import { type AccessRequest, type Credential, stepOf } from "./access-request.js";
import { exchangeIdOf, slotOf } from "./exchange-id.js";

const CLIENT = { name: "vpn", timeLimitMs: 1_000, maxExchanges: 10, forwards: false };
const FORWARDING = { ...CLIENT, forwards: true };
const ROUND_STATE = Uint8Array.of(3);
const ROUND: StateToken = { kind: "conversation", loginId: "aa" as LoginId, server: "s", state: Uint8Array.of(9) };
const TOKEN: StateToken = { kind: "prompt", loginId: "aa" as LoginId, userId: "bb" as UserId, round: 2 };
const GOOD_STATE = Uint8Array.of(1);
const FOREIGN_STATE = Uint8Array.of(2);
const PASSWORD = Buffer.from("secret");
const openState = (state: Uint8Array) => (state === GOOD_STATE ? TOKEN : state === ROUND_STATE ? ROUND : undefined);

function requestOf(change: Partial<AccessRequest>): AccessRequest {
  return {
    exchangeId: "cc" as ExchangeId,
    slot: "slot",
    client: CLIENT,
    sourceAddress: "192.0.2.1",
    userName: { text: "alice", usable: true },
    station: "",
    state: undefined,
    credential: { kind: "password", password: PASSWORD },
    keyName: "alice",
    looped: false,
    attributes: () => new Uint8Array(),
    ...change,
  };
}

const ACL_CLIENT = { ...FORWARDING, downloadableAcls: true };
const ACL_NAME = { text: "#ACSACL#-IP-staff", usable: true };
const named = (text: string) => ({ userName: { text, usable: true } });
const aclDownload: Credential = { kind: "acl-download" };
const withCode: Credential = { kind: "password", password: Buffer.from("secret,123456") };
const COMMA = { ...CLIENT, appendedCode: { separator: "," } };
const unreadable: Credential = { kind: "password", password: Buffer.from("SCRV1:a") };
const none: Credential = { kind: "none" };
const chap: Credential = { kind: "chap" };
const msChap: Credential = { kind: "ms-chap" };
const eap: Credential = { kind: "eap" };
const unusable: Credential = { kind: "unusable" };
const emptyPassword: Credential = { kind: "password", password: new Uint8Array() };
const noName = { text: "", usable: false };
const invalid = { kind: "refusal", code: "FAILED_REQUEST_INVALID" };
const stateInvalid = { kind: "refusal", code: "FAILED_STATE_INVALID" };

describe("stepOf", () => {
  it.each([
    ["a password begins a login", {}, { kind: "login", password: PASSWORD }],
    ["no password at all begins one too", { credential: none }, { kind: "login", password: undefined }],
    ["an empty password is a password", { credential: emptyPassword }, { kind: "login", password: new Uint8Array() }],
    [
      "a password with a code begins one with both",
      { credential: withCode, client: COMMA },
      { kind: "login", password: PASSWORD, code: Buffer.from("123456") },
    ],
    [
      "an answer is an answer as a whole",
      { credential: withCode, client: COMMA, state: GOOD_STATE },
      { kind: "answer", token: TOKEN, answer: Buffer.from("secret,123456") },
    ],
    [
      "a static challenge that cannot be read",
      {
        credential: unreadable,
        client: { ...CLIENT, openvpnStaticChallenge: true },
      },
      invalid,
    ],
    [
      "an access list is fetched where the client may",
      { userName: ACL_NAME, credential: aclDownload, client: ACL_CLIENT },
      { kind: "login" },
    ],
    [
      "an access list in several parts goes on with the target",
      { userName: ACL_NAME, credential: aclDownload, client: ACL_CLIENT, state: ROUND_STATE },
      { kind: "round", token: ROUND },
    ],
    [
      "an access list never answers a prompt",
      { userName: ACL_NAME, credential: aclDownload, client: ACL_CLIENT, state: GOOD_STATE },
      invalid,
    ],
    [
      "an access list where the client may not",
      { userName: ACL_NAME, credential: aclDownload, client: FORWARDING },
      invalid,
    ],
    [
      "an access list of no RADIUS server",
      { userName: ACL_NAME, credential: aclDownload, client: { ...CLIENT, downloadableAcls: true } },
      invalid,
    ],
    ["a user who calls herself an access list", { userName: ACL_NAME, client: ACL_CLIENT }, invalid],
    ["one who does so without a password", { ...named("#acsacl#x"), credential: none, client: ACL_CLIENT }, invalid],
    ["one who does so by EAP", { ...named("#acsacl#x"), credential: eap, client: ACL_CLIENT }, invalid],
    ["one who does so in a domain", named("CORP\\#ACSACL#x"), invalid],
    ["a user behind the name of an access list", named("#ACSACL#\\alice"), invalid],
    ["CHAP begins one where the target can check it", { credential: chap, client: FORWARDING }, { kind: "login" }],
    ["EAP begins one where the target can check it", { credential: eap, client: FORWARDING }, { kind: "login" }],
    ["MS-CHAP that nobody can check", { credential: msChap }, invalid],
    [
      "the target's State goes on with the target",
      { state: ROUND_STATE, credential: eap, client: FORWARDING },
      { kind: "round", token: ROUND, password: undefined },
    ],
    ["the target's State, when the client has another target by now", { state: ROUND_STATE }, stateInvalid],
    ["a request that has been with us before", { looped: true }, { kind: "refusal", code: "FAILED_LOOP_DETECTED" }],
    ["a good State answers", { state: GOOD_STATE }, { kind: "answer", token: TOKEN, answer: PASSWORD }],
    [
      "an empty answer is an answer",
      { state: GOOD_STATE, credential: emptyPassword },
      { kind: "answer", token: TOKEN, answer: new Uint8Array() },
    ],
    ["a foreign State is refused", { state: FOREIGN_STATE }, stateInvalid],
    ["a foreign State without a password too", { state: FOREIGN_STATE, credential: none }, stateInvalid],
    ["an empty State is no missing one", { state: new Uint8Array() }, stateInvalid],
    ["a good State without an answer is refused", { state: GOOD_STATE, credential: none }, invalid],
    ["another credential is refused", { credential: unusable }, invalid],
    ["another credential with a good State too", { credential: unusable, state: GOOD_STATE }, invalid],
    ["no name is refused", { userName: noName }, invalid],
    ["no name with a good State too", { userName: noName, state: GOOD_STATE }, invalid],
  ])("%s", (_what, change, step) => {
    expect(stepOf(requestOf(change), openState)).toEqual(step);
  });
});

describe("exchangeIdOf", () => {
  const octets = Buffer.from([1, 7, 0, 22, ...Buffer.alloc(18, 3)]);
  const id = exchangeIdOf("192.0.2.1", octets);

  it("is 16 bytes in hexadecimal, the same for the same packet of the same address", () => {
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(exchangeIdOf("192.0.2.1", Buffer.from(octets))).toBe(id);
  });

  it("differs by address and by every octet", () => {
    const others = Array.from(octets, (octet, index) =>
      exchangeIdOf("192.0.2.1", Uint8Array.from(octets).fill(octet ^ 1, index, index + 1)),
    );
    const ids = [id, exchangeIdOf("192.0.2.2", octets), exchangeIdOf("192.0.2.1", octets.subarray(1)), ...others];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

it("tells slots by source, Identifier and listener", () => {
  const route = { sourceAddress: "192.0.2.1", sourcePort: 1, listener: "0.0.0.0:1812" };
  const slots = [
    slotOf(route, 7),
    slotOf(route, 8),
    slotOf({ ...route, sourcePort: 2 }, 7),
    slotOf({ ...route, sourceAddress: "192.0.2.2" }, 7),
    slotOf({ ...route, listener: "0.0.0.0:1813" }, 7),
  ];
  expect(new Set(slots).size).toBe(slots.length);
});
