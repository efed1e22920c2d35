import { describe, expect, it } from "vitest";
import { Code, decode, isLooped, isLoopRefusal, loopRefusalAttributes, octetsOf, type Packet } from "../index.js";
import { isAllowedInReject } from "../reject-attributes.js";
import { rawAttribute, rawPacket, withBitTurned } from "../testing/forge.js";

const TAG = Buffer.from("our own tag");

function packet(code: number, ...attributes: Uint8Array[]): Packet {
  return decode(rawPacket(code, attributes)) as Packet;
}

describe("isLooped", () => {
  it("sees our tag wherever it stands among the Proxy-States", () => {
    expect(isLooped(packet(1, rawAttribute(33, TAG)), TAG)).toBe(true);
    expect(isLooped(packet(1, rawAttribute(33, TAG), rawAttribute(33, "of the target")), TAG)).toBe(true);
    expect(isLooped(packet(1, rawAttribute(33, "of a proxy"), rawAttribute(33, TAG)), TAG)).toBe(true);
  });

  it("does not take another Proxy-State, or our tag in another attribute, for it", () => {
    expect(isLooped(packet(1, rawAttribute(33, withBitTurned(TAG, 2))), TAG)).toBe(false);
    expect(isLooped(packet(1, rawAttribute(24, TAG)), TAG)).toBe(false);
    expect(isLooped(packet(1), TAG)).toBe(false);
  });
});

describe("isLoopRefusal", () => {
  const refusal = octetsOf(loopRefusalAttributes());

  it("knows our refusal of a loop, which an Access-Reject may hold", () => {
    expect(loopRefusalAttributes().every(isAllowedInReject)).toBe(true);
    expect(isLoopRefusal(packet(Code.AccessReject, refusal))).toBe(true);
    expect(isLoopRefusal(packet(Code.ProtocolError, refusal))).toBe(true);
  });

  it("does not take another cause, another code or another length for one", () => {
    expect(isLoopRefusal(packet(Code.AccessReject, withBitTurned(refusal, 5)))).toBe(false);
    expect(isLoopRefusal(packet(Code.AccessReject, rawAttribute(101, Uint8Array.of(1, 0xf6))))).toBe(false);
    expect(isLoopRefusal(packet(Code.AccessReject))).toBe(false);
    expect(isLoopRefusal(packet(Code.AccessAccept, refusal))).toBe(false);
  });
});
