import { describe, expect, it } from "vitest";
import {
  type Attribute,
  AttributeType,
  attributesOf,
  buildAccessRequest,
  Code,
  clearRequestAttributes,
  decode,
  encodeTargetRequest,
  type Packet,
  proxyStateAttribute,
  receiveRequest,
  SharedSecret,
} from "../index.js";
import { rawAttribute, rawPacket } from "../testing/forge.js";

const CLIENT = new SharedSecret("secret of the client");
const TARGET = new SharedSecret("secret of the target");
const OURS = Buffer.from("our own tag");
const OF_CLIENT = new Uint8Array(16).fill(1);
const OF_TARGET = new Uint8Array(16).fill(2);
const VENDOR = { type: 26, value: Buffer.from("00000009010561626312", "hex") };
const TO_TARGET = {
  code: Code.AccessRequest,
  identifier: 3,
  authenticator: OF_TARGET,
  secret: TARGET,
  proxyState: OURS,
} as const;

function fromClient(attributes: readonly Attribute[], password?: string | Uint8Array): Packet {
  const parts = { userName: "alice", secret: CLIENT, identifier: 1, authenticator: OF_CLIENT, attributes };
  return packetOf(buildAccessRequest(password === undefined ? parts : { ...parts, password }));
}

function packetOf(octets: unknown): Packet {
  const packet = decode(octets as Uint8Array);
  if ("malformed" in packet) throw new Error(packet.malformed);
  return packet;
}

function clearOf(request: Packet): Uint8Array {
  return clearRequestAttributes(request, CLIENT) as Uint8Array;
}

function list(clear: Uint8Array): string[] {
  return (attributesOf(clear) as readonly Attribute[]).map(
    ({ type, value }) => `${type} ${Buffer.from(value).toString("hex")}`,
  );
}

describe("clearRequestAttributes", () => {
  it("gives the password in clear, and all else but what belongs to the hop in order", () => {
    const proxied = proxyStateAttribute(Buffer.from("of a proxy"));
    const request = fromClient([VENDOR, proxied, { type: 31, value: Buffer.from("a") }, VENDOR, proxied], "geheim");
    expect(list(clearOf(request))).toEqual([
      `1 ${Buffer.from("alice").toString("hex")}`,
      `2 ${Buffer.from("geheim").toString("hex")}`,
      `26 ${VENDOR.value.toString("hex")}`,
      "31 61",
      `26 ${VENDOR.value.toString("hex")}`,
    ]);
  });

  it("gives an empty password as an attribute without value", () => {
    expect(list(clearOf(fromClient([], "")))[1]).toBe("2 ");
  });

  it("is Malformed when User-Password has a length that cannot be", () => {
    const request = packetOf(rawPacket(1, [rawAttribute(2, new Uint8Array(17))]));
    expect(clearRequestAttributes(request, CLIENT)).toEqual({ malformed: "user-password-length" });
  });

  it("adds the challenge of CHAP where it was the Request Authenticator, and only there", () => {
    const chap = { type: AttributeType.ChapPassword, value: new Uint8Array(17) };
    const challenge = { type: AttributeType.ChapChallenge, value: Buffer.from("challenge") };
    expect(list(clearOf(fromClient([chap, VENDOR]))).at(-1)).toBe(`60 ${"01".repeat(16)}`);
    expect(list(clearOf(fromClient([chap, challenge])))).toHaveLength(3);
    expect(list(clearOf(fromClient([VENDOR])))).toHaveLength(2);
  });

  it("copies", () => {
    const request = fromClient([VENDOR], "geheim");
    const clear = clearOf(request);
    const before = Buffer.from(clear);
    request.octets.fill(0);
    expect(Buffer.from(clear)).toEqual(before);
  });
});

describe("encodeTargetRequest", () => {
  it("signs first, hides the password anew, copies, and ends with our own Proxy-State", () => {
    const clear = clearOf(fromClient([VENDOR, proxyStateAttribute(Buffer.from("theirs"))], "geheim"));
    const octets = encodeTargetRequest({ ...TO_TARGET, attributes: clear }) as Buffer;
    const packet = packetOf(octets);
    expect(packet.attributes().map(({ type }) => type)).toEqual([80, 1, 2, 26, 33]);
    expect(packet.first(26)).toEqual(VENDOR.value);
    expect(packet.all(33)).toEqual([OURS]);
    expect(packet.authenticator).toEqual(Buffer.from(OF_TARGET));
    expect("discard" in received(octets)).toBe(false);
    expect(clearRequestAttributes(packet, TARGET)).toEqual(clear);
    expect(encodeTargetRequest({ ...TO_TARGET, attributes: clear })).toEqual(octets);
  });

  it("encodes an Accounting-Request with the authenticator of its own kind", () => {
    const octets = encodeTargetRequest({
      ...TO_TARGET,
      code: Code.AccountingRequest,
      attributes: rawAttribute(40, Uint8Array.of(0, 0, 0, 1)),
    }) as Buffer;
    expect(
      packetOf(octets)
        .attributes()
        .map(({ type }) => type),
    ).toEqual([40, 33]);
    expect("discard" in received(octets)).toBe(false);
  });

  it("is too big rather than cut", () => {
    const attributes = Buffer.concat(Array.from({ length: 16 }, () => rawAttribute(25, new Uint8Array(253))));
    expect(encodeTargetRequest({ ...TO_TARGET, attributes })).toBe("too-big");
  });

  it("is Malformed for what are no attributes, and for a password that nothing can carry", () => {
    expect(encodeTargetRequest({ ...TO_TARGET, attributes: Uint8Array.of(1) })).toEqual({
      malformed: "attribute-overrun",
    });
    const attributes = rawAttribute(2, new Uint8Array(129));
    expect(encodeTargetRequest({ ...TO_TARGET, attributes })).toEqual({ malformed: "user-password-length" });
  });
});

function received(octets: Uint8Array) {
  return receiveRequest(octets, {
    secrets: [TARGET],
    requireMessageAuthenticator: true,
    limitProxyState: true,
    allowedCodes: [Code.AccessRequest, Code.AccountingRequest],
  });
}
