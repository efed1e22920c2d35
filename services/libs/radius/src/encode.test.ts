import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Attribute,
  AttributeType,
  Code,
  decode,
  eapMessageAttributes,
  encodeReply,
  encodeRequest,
  isIgnored,
  isMalformed,
  MicrosoftType,
  type Packet,
  type ReplyCode,
  receiveRequest,
  SharedSecret,
  stateAttribute,
  textAttribute,
  VendorId,
  vendorAttribute,
  verifyReply,
} from "./index.js";
import { rawAttribute, rawPacket, withBitTurned } from "./testing/forge.js";

const SECRET = new SharedSecret("testing123");
const PROXY_STATES = [rawAttribute(33, "first"), rawAttribute(33, ""), rawAttribute(33, Uint8Array.of(0, 255))];
const REQUEST = packetOf(rawPacket(Code.AccessRequest, [...PROXY_STATES, rawAttribute(1, "alice")], 42));

describe("encodeReply", () => {
  it.each([Code.AccessAccept, Code.AccessReject, Code.AccessChallenge, Code.ProtocolError])(
    "puts Message-Authenticator first and the request's Proxy-States unmodified at the end, code %i",
    (code) => {
      const octets = reply(code, textAttribute(AttributeType.ReplyMessage, "Hello"));
      const packet = packetOf(octets);
      expect(packet.identifier).toBe(42);
      expect(packet.typeAt(0)).toBe(AttributeType.MessageAuthenticator);
      expect(octets.subarray(-Buffer.concat(PROXY_STATES).length)).toEqual(Buffer.concat(PROXY_STATES));
      expect(isIgnored(verified(octets))).toBe(false);
    },
  );

  it("makes the same octets again, and does not change the caller's attributes", () => {
    const attributes = Object.freeze([...textAttribute(AttributeType.ReplyMessage, "Hello")]);
    expect(reply(Code.AccessAccept, attributes)).toEqual(reply(Code.AccessAccept, attributes));
  });

  it("does not verify when any one bit differs, nor under another request or secret", () => {
    const octets = reply(Code.AccessAccept, textAttribute(AttributeType.ReplyMessage, "Hello"));
    const passed: number[] = [];
    for (let at = 0; at < octets.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        if (!isIgnored(verified(withBitTurned(octets, at, bit)))) {
          passed.push(at);
        }
      }
    }
    expect(passed).toEqual([]);
    const another = packetOf(withBitTurned(REQUEST.octets, 10));
    expect(verified(octets, another)).toEqual({ ignored: "response-authenticator-wrong" });
    const wrong = { request: REQUEST, secret: new SharedSecret("testing124"), requireMessageAuthenticator: true };
    expect(verifyReply(octets, wrong)).toEqual({ ignored: "response-authenticator-wrong" });
  });

  it("leaves out what belongs to another hop", () => {
    const foreign = [
      { type: AttributeType.ProxyState, value: Buffer.from("of another hop") },
      { type: AttributeType.MessageAuthenticator, value: new Uint8Array(16) },
    ];
    expect(reply(Code.AccessAccept, foreign)).toEqual(reply(Code.AccessAccept, []));
  });

  it("takes authorisation out of an Access-Reject and leaves what explains it", () => {
    const error = vendorAttribute(VendorId.Microsoft, MicrosoftType.ChapError, Buffer.from("E=691"));
    const explains = [
      ...textAttribute(AttributeType.ReplyMessage, "No"),
      error,
      ...eapMessageAttributes(Uint8Array.of(4, 1, 0, 4)),
    ];
    const authorises = [
      { type: AttributeType.Class, value: Buffer.from("staff") },
      { type: AttributeType.FilterId, value: Buffer.from("all") },
      stateAttribute(Buffer.from("state")),
      vendorAttribute(VendorId.Microsoft, MicrosoftType.MppeSendKey, new Uint8Array(34)),
      vendorAttribute(VendorId.Cisco, 1, Buffer.from("shell:priv-lvl=15")),
      { type: AttributeType.VendorSpecific, value: Uint8Array.of(0, 0, 1, 55, 2) },
    ];
    const mixed = [...authorises, ...explains];
    expect(reply(Code.AccessReject, mixed)).toEqual(reply(Code.AccessReject, explains));
    expect(packetOf(reply(Code.AccessReject, mixed)).attributeCount).toBe(1 + explains.length + PROXY_STATES.length);
    expect(packetOf(reply(Code.AccessAccept, mixed)).attributeCount).toBe(1 + mixed.length + PROXY_STATES.length);
  });

  it("gives no Message-Authenticator to an Accounting-Response", () => {
    const packet = packetOf(reply(Code.AccountingResponse, []));
    expect(packet.hasMessageAuthenticator).toBe(false);
  });

  it("makes 4096 octets but not one more", () => {
    const proxyBytes = Buffer.concat(PROXY_STATES).length;
    const room = 4096 - 20 - 18 - proxyBytes;
    expect(reply(Code.AccessAccept, filler(room))).toHaveLength(4096);
    expect(encode(Code.AccessAccept, filler(room + 1))).toBe("too-big");
    expect(encode(Code.AccessAccept, filler(room * 2))).toBe("too-big");
    expect(reply(Code.AccessAccept, [])).toEqual(encode(Code.AccessAccept, []));
  });

  it.each([0, 256, 1.5, Number.NaN])("throws for attribute type %d", (type) => {
    expect(() => encode(Code.AccessAccept, [{ type, value: new Uint8Array(1) }])).toThrow(RangeError);
  });

  it("throws for a value of 254 octets", () => {
    expect(() => encode(Code.AccessAccept, [{ type: 18, value: new Uint8Array(254) }])).toThrow(RangeError);
  });
});

describe("encodeRequest", () => {
  const authenticator = new Uint8Array(16).fill(9);

  it.each([-1, 256, 0.5])("throws for Identifier %d", (identifier) => {
    const request = { code: Code.AccessRequest, identifier, authenticator, secret: SECRET, attributes: [] };
    expect(() => encodeRequest(request)).toThrow(RangeError);
  });

  it("throws for an authenticator of 15 octets", () => {
    const short = authenticator.subarray(1);
    const request = { code: Code.AccessRequest, identifier: 1, authenticator: short, secret: SECRET, attributes: [] };
    expect(() => encodeRequest(request)).toThrow(RangeError);
  });

  it("makes an Accounting-Request that verifies", () => {
    const attributes = [{ type: AttributeType.AcctStatusType, value: Uint8Array.of(0, 0, 0, 1) }];
    const octets = encodeRequest({
      code: Code.AccountingRequest,
      identifier: 1,
      authenticator,
      secret: SECRET,
      attributes,
    });
    const received = receiveRequest(octets as Buffer, { ...RECEIVE, allowedCodes: [Code.AccountingRequest] });
    expect(received).toMatchObject({ authenticated: true });
  });
});

const RECEIVE = {
  secrets: [SECRET],
  requireMessageAuthenticator: true,
  limitProxyState: true,
  allowedCodes: [Code.AccessRequest, Code.StatusServer],
} as const;

const anyAttributes = fc.array(
  fc.record({
    // Not those that may be there once only, nor those that the encoder makes.
    type: fc.integer({ min: 1, max: 255 }).filter((type) => ![1, 2, 3, 24, 33, 60, 70, 79, 80].includes(type)),
    value: fc.uint8Array({ maxLength: 253 }),
  }),
  { maxLength: 12 },
);

describe("round trip", () => {
  it("receives the request that was encoded, and verifies the reply to it", () => {
    const authenticators = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const identifiers = fc.integer({ min: 0, max: 255 });
    const codes = fc.constantFrom(Code.AccessAccept, Code.AccessChallenge);
    fc.assert(
      fc.property(
        anyAttributes,
        anyAttributes,
        authenticators,
        identifiers,
        codes,
        (asked, answered, authenticator, identifier, code) => {
          const octets = encodeRequest({
            code: Code.AccessRequest,
            identifier,
            authenticator,
            secret: SECRET,
            attributes: asked,
          });
          const received = receiveRequest(octets as Buffer, RECEIVE);
          if ("discard" in received) {
            throw new Error(received.discard);
          }
          expect(received.packet.attributes().slice(1).map(plain)).toEqual(asked.map(plain));
          const request = received.packet;
          const sent = encodeReply({ code, request, secret: received.secret, attributes: answered });
          const accepted = verified(sent as Buffer, request);
          if (isIgnored(accepted)) {
            throw new Error(accepted.ignored);
          }
          expect(accepted.attributes().slice(1).map(plain)).toEqual(answered.map(plain));
        },
      ),
    );
  });
});

/** Attributes that take `octets` octets together, their headers included. */
function filler(octets: number): readonly Attribute[] {
  const whole = Math.floor(octets / 255);
  const values = [...Array.from({ length: whole }, () => 253), (octets % 255) - 2];
  return values.map((length) => ({ type: AttributeType.ReplyMessage, value: new Uint8Array(length) }));
}

function encode(code: ReplyCode, attributes: readonly Attribute[]): Uint8Array | "too-big" {
  return encodeReply({ code, request: REQUEST, secret: SECRET, attributes });
}

function reply(code: ReplyCode, attributes: readonly Attribute[]): Uint8Array {
  const octets = encode(code, attributes);
  if (octets === "too-big") {
    throw new Error(octets);
  }
  return octets;
}

function verified(octets: Uint8Array, request: Packet = REQUEST) {
  return verifyReply(octets, { request, secret: SECRET, requireMessageAuthenticator: true });
}

function packetOf(octets: Uint8Array): Packet {
  const packet = decode(octets);
  if (isMalformed(packet)) {
    throw new Error(packet.malformed);
  }
  return packet;
}

function plain({ type, value }: Attribute): [number, string] {
  return [type, Buffer.from(value).toString("hex")];
}
