import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Attribute,
  attributesOf,
  denyAfterAccept,
  eapMessageAttributes,
  octetsOf,
  vendorAttribute,
} from "../index.js";
import { isAllowedInReject } from "../reject-attributes.js";

const CHALLENGE = Uint8Array.from({ length: 16 }, (_, index) => index + 0xa0);
const MPPE_KEY = vendorAttribute(311, 16, new Uint8Array(16));
const CLASS = { type: 25, value: Buffer.from("class") };
const RESPONSE = vendorAttribute(
  311,
  25,
  Uint8Array.from({ length: 50 }, (_, index) => (index === 0 ? 0x42 : index)),
);

function denied(request: readonly Attribute[], reply: readonly Attribute[], message = "Denied"): readonly Attribute[] {
  const parts = { request: octetsOf(request), reply: octetsOf(reply), challenge: CHALLENGE, message };
  return attributesOf(denyAfterAccept(parts) as Uint8Array) as readonly Attribute[];
}

function text(attribute: Attribute | undefined): string {
  return Buffer.from(attribute?.value ?? []).toString();
}

describe("denyAfterAccept", () => {
  it("answers a password with Reply-Message only, and takes nothing over from the Accept", () => {
    const [message, ...more] = denied([{ type: 1, value: Buffer.from("alice") }], [MPPE_KEY, CLASS]);
    expect([message?.type, text(message), more]).toEqual([18, "Denied", []]);
    expect(denied([], [CLASS], "")).toEqual([]);
  });

  it("answers MS-CHAPv2 with MS-CHAP-Error under the Ident of the response", () => {
    const [message, error, ...more] = denied([RESPONSE], [MPPE_KEY, CLASS]);
    expect([text(message), more]).toEqual(["Denied", []]);
    const value = error?.value ?? new Uint8Array();
    expect(Buffer.from(value.subarray(0, 7)).toString("hex")).toBe(
      `00000137 02 ${hex(value.length - 4)} 42`.replaceAll(" ", ""),
    );
    expect(Buffer.from(value.subarray(7)).toString()).toBe("E=691 R=0 C=A0A1A2A3A4A5A6A7A8A9AAABACADAEAF V=3 M=Denied");
  });

  it("knows the Ident of a change of password, where it is the second octet", () => {
    const change = vendorAttribute(
      311,
      27,
      Uint8Array.from({ length: 68 }, (_, index) => (index === 0 ? 7 : 0x43)),
    );
    expect(denied([change], [])[1]?.value[6]).toBe(0x43);
  });

  it("cuts a long message between characters, so that it is one attribute", () => {
    const [, , error] = denied([RESPONSE], [], "ü".repeat(130));
    expect(error?.value.length).toBeLessThanOrEqual(253);
    expect(text(error)).toMatch(/V=3 M=ü+$/);
  });

  it("answers EAP with EAP-Failure under the Identifier of the Success, and no text", () => {
    const request = eapMessageAttributes(Uint8Array.of(2, 9, 0, 6, 26, 3));
    expect(denied(request, [CLASS, ...eapMessageAttributes(Uint8Array.of(3, 10, 0, 4))])).toEqual([
      { type: 79, value: Uint8Array.of(4, 10, 0, 4) },
    ]);
    expect(denied(request, [CLASS])).toEqual([{ type: 79, value: Uint8Array.of(4, 9, 0, 4) }]);
  });

  it("holds only what an Access-Reject may hold", () => {
    const kinds = [[], [RESPONSE], eapMessageAttributes(Uint8Array.of(2, 9, 0, 6, 26, 3))];
    for (const request of kinds) {
      expect(denied(request, [CLASS, MPPE_KEY], "a ".repeat(300)).every(isAllowedInReject)).toBe(true);
    }
  });

  it("is Malformed for what are no attributes, throws for a challenge that is none, and for nothing else", () => {
    const parts = { request: new Uint8Array(), reply: new Uint8Array(), challenge: CHALLENGE, message: "" };
    expect(denyAfterAccept({ ...parts, request: Uint8Array.of(1) })).toEqual({ malformed: "attribute-overrun" });
    expect(denyAfterAccept({ ...parts, reply: Uint8Array.of(1, 1) })).toEqual({ malformed: "attribute-length" });
    expect(() => denyAfterAccept({ ...parts, challenge: new Uint8Array(15) })).toThrow(RangeError);
    const octets = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(octets, octets, fc.string({ maxLength: 300, unit: "grapheme" }), (request, reply, message) => {
        const result = denyAfterAccept({ request, reply, challenge: CHALLENGE, message });
        expect(result instanceof Uint8Array || "malformed" in result).toBe(true);
      }),
    );
  });
});

function hex(octet: number): string {
  return octet.toString(16).padStart(2, "0");
}
