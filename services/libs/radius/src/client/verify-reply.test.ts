import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Code, decode, encodeReply, isIgnored, isMalformed, type Packet, SharedSecret, verifyReply } from "../index.js";
import { rawAttribute, rawPacket, signed, withBitTurned } from "../testing/forge.js";

const TEXT = "testing123";
const SECRET = new SharedSecret(TEXT);
const REQUEST = packetOf(signed(rawPacket(Code.AccessRequest, [rawAttribute(1, "alice")], 42), TEXT));
const STATUS = packetOf(signed(rawPacket(Code.StatusServer, [], 42), TEXT));
const ACCOUNTING = packetOf(rawPacket(Code.AccountingRequest, [], 42));
const GOOD = reply(Code.AccessAccept);

describe("verifyReply", () => {
  it("takes a reply, and one with padding behind it", () => {
    expect(outcome(GOOD)).toBe(Code.AccessAccept);
    expect(outcome(Buffer.concat([GOOD, Buffer.from("padding")]))).toBe(Code.AccessAccept);
  });

  it("ignores what is no packet", () => {
    expect(outcome(GOOD.subarray(0, 19))).toBe("too-short");
    expect(outcome(GOOD.subarray(0, -1))).toBe("bad-length");
  });

  it("ignores another Identifier, Response Authenticator, secret", () => {
    expect(outcome(withBitTurned(GOOD, 1))).toBe("identifier-other");
    expect(outcome(withBitTurned(GOOD, 4))).toBe("response-authenticator-wrong");
    expect(outcome(GOOD, { secret: new SharedSecret("testing124") })).toBe("response-authenticator-wrong");
  });

  it("ignores a wrong Message-Authenticator under a right Response Authenticator, required or not", () => {
    const wrong = withResponseAuthenticator(withBitTurned(GOOD, 22));
    expect(outcome(wrong)).toBe("message-authenticator-wrong");
    expect(outcome(wrong, { requireMessageAuthenticator: false })).toBe("message-authenticator-wrong");
  });

  it("ignores a missing Message-Authenticator unless the caller does without", () => {
    const without = withResponseAuthenticator(rawPacket(Code.AccessAccept, [], 42));
    expect(outcome(without)).toBe("message-authenticator-missing");
    expect(outcome(without, { requireMessageAuthenticator: false })).toBe(Code.AccessAccept);
  });

  it("ignores EAP-Message without Message-Authenticator always", () => {
    const eap = withResponseAuthenticator(
      rawPacket(Code.AccessAccept, [rawAttribute(79, Uint8Array.of(3, 1, 0, 4))], 42),
    );
    expect(outcome(eap, { requireMessageAuthenticator: false })).toBe("message-authenticator-missing");
  });

  it.each([
    [Code.AccessAccept, true, true, false],
    [Code.AccessReject, true, false, false],
    [Code.AccessChallenge, true, false, false],
    [Code.AccountingResponse, false, true, true],
    [Code.ProtocolError, true, true, true],
  ])(
    "takes code %i for Access-Request: %s, Status-Server: %s, Accounting-Request: %s",
    (code, access, status, accounting) => {
      const taken = [REQUEST, STATUS, ACCOUNTING].map((request) => outcome(reply(code, request), { request }) === code);
      expect(taken).toEqual([access, status, accounting]);
    },
  );

  it.each([1, 4, 12, 40, 99])("ignores code %i, which is no reply", (code) => {
    expect(outcome(withResponseAuthenticator(rawPacket(code, [], 42)))).toBe("code-unexpected");
  });
});

function outcome(datagram: Uint8Array, other: Partial<Parameters<typeof verifyReply>[1]> = {}): string | number {
  const expectation = { request: REQUEST, secret: SECRET, requireMessageAuthenticator: true, ...other };
  const verified = verifyReply(datagram, expectation);
  return isIgnored(verified) ? verified.ignored : verified.code;
}

function reply(code: Parameters<typeof encodeReply>[0]["code"], request: Packet = REQUEST): Buffer {
  return encodeReply({ code, request, secret: SECRET, attributes: [] }) as Buffer;
}

/** RFC 2865 section 3, by node:crypto. */
function withResponseAuthenticator(packet: Buffer): Buffer {
  const copy = Buffer.from(packet);
  copy.set(REQUEST.authenticator, 4);
  copy.set(createHash("md5").update(copy).update(TEXT).digest(), 4);
  return copy;
}

function packetOf(octets: Uint8Array): Packet {
  const packet = decode(octets);
  if (isMalformed(packet)) {
    throw new Error(packet.malformed);
  }
  return packet;
}
