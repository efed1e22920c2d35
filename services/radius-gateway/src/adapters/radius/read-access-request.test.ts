import {
  type AccessRequest,
  AttributeType,
  attributesOf,
  buildAccessRequest,
  isMalformed,
  MicrosoftType,
  octetsAttribute,
  type RequestCode,
  receiveRequest,
  SharedSecret,
  VendorId,
  vendorAttribute,
} from "@portcullis/radius";
import { describe, expect, it } from "vitest";
import type { RadiusClient } from "./radius-client.js";
import { type ReadRequest, readAccessRequest } from "./read-access-request.js";

const newSecret = new SharedSecret("the new secret");
const oldSecret = new SharedSecret("the old secret");
const route = { sourceAddress: "192.0.2.1", sourcePort: 40_000, listener: "0.0.0.0:1812" };
const LOOP_TAG = Buffer.alloc(16, 5);
const client: RadiusClient = {
  name: "vpn",
  generation: 1n,
  addresses: [],
  application: "VPN",
  target: "local",
  prefixes: [],
  secrets: [newSecret, oldSecret],
  requireMessageAuthenticator: false,
  limitProxyState: false,
  timeLimitMs: 1_000,
  maxExchanges: 10,
  maxRequestsPerSecond: 2_000,
  forwards: false,
};

function read(request: AccessRequest, secret = newSecret, of: RadiusClient = client): ReadRequest {
  const octets = buildAccessRequest({ identifier: 1, authenticator: Buffer.alloc(16, 8), secret, ...request });
  if (typeof octets === "string") throw new Error(octets);
  const allowedCodes: readonly RequestCode[] = [1];
  const received = receiveRequest(octets, {
    ...client,
    secrets: [newSecret, oldSecret],
    allowUnsignedWithoutCredential: true,
    allowedCodes,
  });
  if ("discard" in received) throw new Error(received.discard);
  return readAccessRequest(received, of, route, LOOP_TAG);
}

/** The credential in words: its kind, or the password in hexadecimal. */
function credentialOf({ request: { credential } }: ReadRequest): string {
  return credential.kind === "password" ? hex(credential.password) : credential.kind;
}

const hex = (octets: string | Uint8Array) => `password ${Buffer.from(octets).toString("hex")}`;
const passwordAttribute = (length: number) => octetsAttribute(AttributeType.UserPassword, Buffer.alloc(length, 1));
const microsoft = (type: number) => [vendorAttribute(VendorId.Microsoft, type, Buffer.alloc(50, 1))];

describe("the credential", () => {
  it.each(["correct horse", "pässwörd", "", "x".repeat(128)])("is the password %j", (text) => {
    const found = read({ userName: "alice", password: text });
    expect([credentialOf(found), found.secretSuspect]).toEqual([hex(text), false]);
  });

  it("is none when there is none", () => {
    expect(credentialOf(read({ userName: "alice" }))).toBe("none");
  });

  it("is taken as it is when the secret is proven, text or not", () => {
    const octets = Buffer.from([0xff, 0xfe]);
    const found = read({ password: octets });
    expect([credentialOf(found), found.secretSuspect]).toEqual([hex(octets), false]);
  });

  it("is read under the old secret during a rotation, and the reply signed with it, signed or not", () => {
    for (const messageAuthenticator of ["valid", "omitted"] as const) {
      const found = read({ password: "correct horse", messageAuthenticator }, oldSecret);
      expect(credentialOf(found)).toBe(hex("correct horse"));
      expect(found.secret).toBe(oldSecret);
    }
  });

  it("is unusable, and the secret suspect, when it is no text under any secret and nothing is proven", () => {
    const foreign = new SharedSecret("a third secret");
    const found = read({ password: "correct horse", messageAuthenticator: "omitted" }, foreign);
    expect([credentialOf(found), found.secretSuspect]).toEqual(["unusable", true]);
  });

  it.each([
    ["a password of a wrong length", [passwordAttribute(17)]],
    ["a password that is too short", [passwordAttribute(8)]],
    ["a password that is too long", [passwordAttribute(144)]],
    ["ARAP", [octetsAttribute(AttributeType.ArapPassword, Buffer.alloc(16))]],
  ])("is unusable for %s", (_what, attributes) => {
    const found = read({ userName: "alice", attributes });
    expect([credentialOf(found), found.secretSuspect]).toEqual(["unusable", false]);
  });

  it.each([
    ["chap", [octetsAttribute(AttributeType.ChapPassword, Buffer.alloc(17))]],
    ["eap", [octetsAttribute(AttributeType.EapMessage, Uint8Array.of(2, 1, 0, 5, 1))]],
    ["ms-chap", microsoft(MicrosoftType.ChapResponse)],
    ["ms-chap", microsoft(MicrosoftType.Chap2Response)],
    ["ms-chap", [passwordAttribute(16), ...microsoft(MicrosoftType.Chap2Response)]],
  ])("is %s, which only a target can check", (kind, attributes) => {
    const found = read({ userName: "alice", attributes });
    expect([credentialOf(found), found.secretSuspect]).toEqual([kind, false]);
  });
});

describe("a password in another charset than UTF-8", () => {
  const latin = Buffer.from("correct h\xf6rse", "latin1");
  const latin1: RadiusClient = { ...client, passwordCharset: "latin1" };

  it("is read without a proven secret, under the one that makes it a text", () => {
    for (const secret of [newSecret, oldSecret]) {
      const found = read({ password: latin, messageAuthenticator: "omitted" }, secret, latin1);
      expect([credentialOf(found), found.secretSuspect]).toEqual([hex(latin), false]);
      expect(found.secret).toBe(secret);
    }
  });

  it("is unusable where the client writes UTF-8, and where it can be no text at all", () => {
    const noise = Buffer.from([0x70, 0x07, 0xe4, 0x9f]);
    for (const found of [
      read({ password: latin, messageAuthenticator: "omitted" }),
      read({ password: noise, messageAuthenticator: "omitted" }, newSecret, latin1),
    ]) {
      expect([credentialOf(found), found.secretSuspect]).toEqual(["unusable", true]);
    }
  });
});

describe("a request for an access list", () => {
  const avPair = (text: string, type = 1) => [vendorAttribute(VendorId.Cisco, type, Buffer.from(text))];
  const EVENT = "aaa:event=acl-download";
  const NAME = "#ACSACL#-IP-staff-53ee1a2b";
  const kindOf = (userName: string, attributes: AccessRequest["attributes"], password?: string) =>
    read({ userName, ...(attributes && { attributes }), ...(password !== undefined && { password }) }).request
      .credential.kind;

  it("is one by its name and the event, with a password or without", () => {
    expect(kindOf(NAME, [...avPair("aaa:service=ip_admission"), ...avPair(EVENT)])).toBe("acl-download");
    expect(kindOf(NAME, avPair(EVENT), "cisco")).toBe("acl-download");
  });

  it.each([
    ["another name", "alice", avPair(EVENT)],
    ["a name in other letters", "#acsacl#-IP-staff", avPair(EVENT)],
    ["a name with a user behind it", "#ACSACL#\\alice", avPair(EVENT)],
    ["a name with a realm", "#ACSACL#@corp", avPair(EVENT)],
    ["nothing of a name", "#ACSACL#", avPair(EVENT)],
    ["no event", NAME, []],
    ["another event", NAME, avPair(`${EVENT}s`)],
    ["another type", NAME, avPair(EVENT, 2)],
    ["another vendor", NAME, [vendorAttribute(VendorId.Microsoft, 1, Buffer.from(EVENT))]],
  ])("is none with %s", (_what, userName, attributes) => {
    expect(kindOf(userName, attributes)).not.toBe("acl-download");
  });

  it("is none with EAP", () => {
    const eap = octetsAttribute(AttributeType.EapMessage, Uint8Array.of(2, 1, 0, 5, 1));
    expect(kindOf(NAME, [eap, ...avPair(EVENT)])).toBe("eap");
  });
});

describe("what a target gets", () => {
  const station = octetsAttribute(AttributeType.CallingStationId, Buffer.from("00-11-22-33-44-55"));
  const eap = octetsAttribute(AttributeType.EapMessage, Uint8Array.of(2, 1, 0, 5, 1));

  it("is the request in clear, with its own State in the place of ours", () => {
    const state = octetsAttribute(AttributeType.State, Buffer.from("ours"));
    const { request } = read({ userName: "alice", password: "pw", attributes: [state, station] });
    const own = Buffer.from("the target's");
    const attributes = attributesOf(request.attributes({ state: own }));
    if (isMalformed(attributes)) throw new Error("no attributes");
    const octetsOfType = (wanted: number) => attributes.find(({ type }) => type === wanted)?.value;
    expect(Buffer.from(octetsOfType(AttributeType.UserPassword) ?? [])).toEqual(Buffer.from("pw"));
    expect(Buffer.from(octetsOfType(AttributeType.State) ?? [])).toEqual(own);
    expect(octetsOfType(AttributeType.MessageAuthenticator)).toBeUndefined();
    const without = attributesOf(request.attributes({}));
    expect(isMalformed(without) || without.some(({ type }) => type === AttributeType.State)).toBe(false);
  });

  it("names the user key after the station where EAP's outer name may be anybody's", () => {
    expect(read({ userName: "anonymous", attributes: [eap, station] }).request.keyName).toBe("00-11-22-33-44-55");
    expect(read({ userName: "anonymous", attributes: [eap] }).request.keyName).toBe("vpn anonymous");
    expect(read({ userName: "alice", password: "pw", attributes: [station] }).request.keyName).toBe("alice");
  });

  it("is the password without its code", () => {
    const { request } = read({ userName: "alice", password: "pw,123456", attributes: [station] });
    const attributes = attributesOf(request.attributes({ password: Buffer.from("pw") }));
    if (isMalformed(attributes)) throw new Error("no attributes");
    const found = attributes.map(({ type, value }) => [type, Buffer.from(value).toString()]);
    expect(found).toEqual([
      [AttributeType.UserName, "alice"],
      [AttributeType.UserPassword, "pw"],
      [AttributeType.CallingStationId, "00-11-22-33-44-55"],
    ]);
  });

  it("knows a request that has been with us before", () => {
    const proxyState = (value: Uint8Array) => octetsAttribute(AttributeType.ProxyState, value);
    const looped = [proxyState(Buffer.from("theirs")), proxyState(LOOP_TAG)];
    const { request } = read({ userName: "alice", password: "pw", attributes: looped });
    // Not the key of the request that it is a copy of: that one waits for its refusal.
    expect([request.looped, request.keyName]).toEqual([true, request.exchangeId]);
    const other = [proxyState(Buffer.from("theirs"))];
    expect(read({ userName: "alice", password: "pw", attributes: other }).request.looped).toBe(false);
  });
});

describe("the station", () => {
  const calling = octetsAttribute(AttributeType.CallingStationId, Buffer.from("00-11-22-33-44-55"));
  const machine = vendorAttribute(VendorId.Microsoft, MicrosoftType.MachineName, Buffer.from("PC-7"));

  it.each([
    ["Calling-Station-Id", [calling], "00-11-22-33-44-55"],
    ["the machine's name", [machine], "PC-7"],
    ["Calling-Station-Id before the machine's name", [machine, calling], "00-11-22-33-44-55"],
    ["empty without either", [], ""],
    ["printable", [octetsAttribute(AttributeType.CallingStationId, Buffer.from("a\nb"))], "a\\x0ab"],
    [
      "at most 253 bytes",
      [octetsAttribute(AttributeType.CallingStationId, Buffer.alloc(200, 1))],
      `${"\\x01".repeat(63)}\\`,
    ],
  ])("is %s", (_what, attributes, station) => {
    expect(read({ attributes }).request.station).toBe(station);
  });
});

it("takes the State as it is, and none for none", () => {
  const state = octetsAttribute(AttributeType.State, Buffer.from("a state"));
  expect(Buffer.from(read({ attributes: [state] }).request.state ?? []).toString()).toBe("a state");
  expect(read({}).request.state).toBeUndefined();
});
