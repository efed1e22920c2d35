import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attributesOf } from "../hop/clear-attributes.js";
import {
  type Attribute,
  AttributeType,
  Code,
  clearRequestAttributes,
  decode,
  encodeReply,
  hideReplyAttributes,
  isMalformed,
  octetsAttribute,
  octetsOf,
  proxyStateAttribute,
  type ReplyCode,
  receiveRequest,
  SharedSecret,
  VendorId,
  vendorAttribute,
} from "../index.js";
import { fromRadius11, type TranslatedRequest, toRadius11 } from "./radius-1-1.js";

const secret = new SharedSecret("radsec");
const TOKEN = 0xdeadbeef;
const ALLOWED = [Code.AccessRequest, Code.AccountingRequest, Code.StatusServer];

/** A packet of RADIUS/1.1; the reserved fields are what a careless client would send. */
function packetOf(attributes: readonly Attribute[], code: number = Code.AccessRequest): Buffer {
  const packet = Buffer.concat([Buffer.alloc(20, 0x55), octetsOf(attributes)]);
  packet.writeUInt8(code, 0);
  packet.writeUInt16BE(packet.length, 2);
  packet.writeUInt32BE(TOKEN, 4);
  return packet;
}

function translated(packet: Uint8Array): TranslatedRequest {
  const request = fromRadius11(packet, secret);
  if (typeof request === "string" || isMalformed(request)) throw new Error(JSON.stringify(request));
  return request;
}

function received(octets: Uint8Array) {
  const options = { secrets: [secret] as const, requireMessageAuthenticator: true, limitProxyState: true };
  const request = receiveRequest(octets, { ...options, allowedCodes: ALLOWED });
  if ("discard" in request) throw new Error(request.discard);
  return request;
}

const name = octetsAttribute(AttributeType.UserName, Buffer.from("alice"));
const password = (text: string) => octetsAttribute(AttributeType.UserPassword, Buffer.from(text));
const chap = octetsAttribute(AttributeType.ChapPassword, Buffer.alloc(17, 1));

describe("a request of RADIUS/1.1", () => {
  it("becomes one that every other transport could have brought", () => {
    const attributes = [name, password("correct horse"), proxyStateAttribute(Buffer.from("one"))];
    const { octets, token } = translated(packetOf(attributes));
    const { packet, authenticated } = received(octets);
    expect([token, authenticated]).toEqual([TOKEN, true]);
    expect(clearRequestAttributes(packet, secret)).toEqual(octetsOf([name, password("correct horse")]));
    expect(Buffer.from(packet.first(AttributeType.ProxyState) ?? []).toString()).toBe("one");
  });

  it("is the same octets each time, and others with another Token", () => {
    const packet = packetOf([name, password("x")]);
    const other = Buffer.from(packet);
    other.writeUInt8(0, 7);
    expect(translated(packet)).toEqual(translated(packet));
    expect(translated(other).octets).not.toEqual(translated(packet).octets);
  });

  it.each([Code.AccountingRequest, Code.StatusServer])("may have code %i", (code) => {
    expect(received(translated(packetOf([name], code)).octets).packet.code).toBe(code);
  });

  it("keeps a code that is none of ours, to be refused as everywhere", () => {
    expect(() => received(translated(packetOf([], 52)).octets)).toThrow("code-not-allowed");
  });

  it("loses a Message-Authenticator, right or wrong", () => {
    const unsigned = octetsAttribute(AttributeType.MessageAuthenticator, Buffer.alloc(16, 1));
    expect(translated(packetOf([unsigned, name])).octets).toEqual(translated(packetOf([name])).octets);
  });

  it("with CHAP needs its challenge in an attribute", () => {
    expect(fromRadius11(packetOf([chap]), secret)).toBe("chap-challenge-missing");
    const challenge = octetsAttribute(AttributeType.ChapChallenge, Buffer.alloc(16, 2));
    expect(received(translated(packetOf([chap, challenge])).octets).packet.has(AttributeType.ChapPassword)).toBe(true);
  });

  it.each([
    ["a password of 129 octets", packetOf([password("x".repeat(129))]), "user-password-length"],
    [
      "an attribute that overruns",
      Buffer.concat([packetOf([]).fill(22, 3, 4), Buffer.from([1, 3])]),
      "attribute-overrun",
    ],
  ])("is malformed with %s", (_what, packet, reason) => {
    expect(fromRadius11(packet, secret)).toEqual({ malformed: reason });
  });

  it("is too big when the other form would be, and any octets are something", () => {
    const long = Array.from({ length: 16 }, () => octetsAttribute(AttributeType.ReplyMessage, Buffer.alloc(253)));
    expect(fromRadius11(packetOf(long.slice(0, 15).concat(octetsAttribute(18, Buffer.alloc(240)))), secret)).toBe(
      "too-big",
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        const packet = Buffer.concat([packetOf([]), octets]);
        packet.writeUInt16BE(packet.length, 2);
        expect(fromRadius11(packet, secret)).toBeDefined();
      }),
    );
  });
});

describe("a reply of RADIUS/1.1", () => {
  const request = translated(packetOf([name, proxyStateAttribute(Buffer.from("one"))]));
  const replyWith = (clear: readonly Attribute[], code: ReplyCode = Code.AccessAccept) => {
    const { packet } = received(request.octets);
    const hop = { secret, requestAuthenticator: packet.authenticator, salt: 7 };
    const hidden = hideReplyAttributes(octetsOf(clear), hop);
    const attributes = isMalformed(hidden) ? hidden : attributesOf(hidden);
    if (isMalformed(attributes)) throw new Error(attributes.malformed);
    const reply = encodeReply({ code, request: packet, secret, attributes });
    if (reply === "too-big") throw new Error(reply);
    return reply;
  };

  it("has the Token, no Message-Authenticator, and every value plain, in order", () => {
    const clear = [
      octetsAttribute(AttributeType.ReplyMessage, Buffer.from("welcome")),
      vendorAttribute(VendorId.Microsoft, 16, Buffer.alloc(32, 3)),
      octetsAttribute(AttributeType.TunnelPassword, Buffer.from("\x01tunnel")),
    ];
    const reply = toRadius11(replyWith(clear), request, secret);
    expect(reply.subarray(0, 20).toString("hex")).toBe(
      `0200${reply.length.toString(16).padStart(4, "0")}deadbeef${"00".repeat(12)}`,
    );
    const packet = decode(reply);
    const sent = [...clear, proxyStateAttribute(Buffer.from("one"))].map(({ type, value }) => [
      type,
      Buffer.from(value),
    ]);
    if (isMalformed(packet)) throw new Error(packet.malformed);
    expect(packet.attributes().map(({ type, value }) => [type, Buffer.from(value)])).toEqual(sent);
  });

  it("is never made of what is none", () => {
    expect(() => toRadius11(Buffer.alloc(4), request, secret)).toThrow(TypeError);
  });
});
