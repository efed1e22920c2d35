import { type Attribute, AttributeType, octetsAttribute, textAttribute } from "@portcullis/radius";
import { expect, it } from "vitest";
import { provenNameOf } from "./proven-name.js";

const [MD5, MSCHAPV2, TLS, TTLS, PEAP] = [4, 26, 13, 21, 25];

const name = (text: string): readonly Attribute[] => textAttribute(AttributeType.UserName, text);
const eap = (type: number): Attribute => octetsAttribute(AttributeType.EapMessage, Uint8Array.of(2, 7, 0, 6, type, 0));

function provenBy(method: number, outer: string, accepted: string, returnsInnerIdentity = false): string | undefined {
  return provenNameOf({ request: [...name(outer), eap(method)], reply: name(accepted), returnsInnerIdentity });
}

it.each([TLS, TTLS, PEAP])(
  "takes no repetition of the name outside of a tunnel for the one inside (method %i)",
  (method) => {
    expect(provenBy(method, "mallory", "mallory")).toBeUndefined();
    expect(provenBy(method, "CORP\\Mallory", "mallory")).toBeUndefined();
    expect(provenBy(method, "anonymous", "anonymous")).toBeUndefined();
  },
);

it.each([TLS, TTLS, PEAP])("takes a name that only the target can know (method %i)", (method) => {
  expect(provenBy(method, "anonymous", "alice")).toBe("alice");
  expect(provenBy(method, "mallory", "alice")).toBe("alice");
});

it("takes the same name where the target never repeats the outer one", () => {
  expect(provenBy(PEAP, "alice", "alice", true)).toBe("alice");
});

it.each([MD5, MSCHAPV2])("takes the name that the method itself has proven (method %i)", (method) => {
  expect(provenBy(method, "alice", "alice")).toBe("alice");
});

it("takes what the target says without EAP, and nothing when it says nothing", () => {
  expect(provenNameOf({ request: name("alice"), reply: name("alice"), returnsInnerIdentity: false })).toBe("alice");
  expect(provenNameOf({ request: name("alice"), reply: [], returnsInnerIdentity: true })).toBeUndefined();
});
