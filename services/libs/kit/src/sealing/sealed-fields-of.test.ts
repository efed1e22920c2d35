import { create } from "@bufbuild/protobuf";
import { ClientChangedSchema, LoginDecidedSchema, TargetChangedSchema } from "@portcullis/proto";
import { expect, it } from "vitest";
import { hasSealedFields, sealedFieldsOf } from "./sealed-fields-of.js";

const bytes = (...octets: number[]) => Uint8Array.from(octets);

it("finds sealed fields in lists, in messages of lists, and nothing else", () => {
  const client = create(ClientChangedSchema, {
    name: "vpn",
    sealedSecrets: [bytes(1), bytes(2)],
    replyAttributes: [{ groups: ["ops"], sealedAttributes: bytes(3) }, { sealedAttributes: bytes() }],
  });
  expect(sealedFieldsOf(ClientChangedSchema, client)).toEqual([bytes(1), bytes(2), bytes(3)]);
  const target = create(TargetChangedSchema, { name: "t", servers: [{ sealedSecret: bytes(4) }] });
  expect(sealedFieldsOf(TargetChangedSchema, target)).toEqual([bytes(4)]);
  expect(sealedFieldsOf(ClientChangedSchema, create(ClientChangedSchema, {}))).toEqual([]);
});

it("knows which messages have any", () => {
  expect(
    [ClientChangedSchema, TargetChangedSchema, LoginDecidedSchema].map((schema) => hasSealedFields(schema)),
  ).toEqual([true, true, false]);
});
