import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  type Attribute,
  AttributeType,
  decode,
  decryptUserPassword,
  encryptUserPassword,
  isMalformed,
  type Packet,
  SharedSecret,
  verifyMessageAuthenticator,
  verifyResponseAuthenticator,
} from "./index.js";
import { readVectors, VECTOR_FILES, type Vector } from "./testing/read-vectors.js";

describe.each(VECTOR_FILES)("vectors of %s.txt", (file) => {
  const vectors = readVectors(file);
  const byName = new Map(vectors.map((vector) => [vector.name, vector]));

  it("has every name once", () => {
    expect(byName.size).toBe(vectors.length);
  });

  it.each(vectors.filter((vector) => vector.malformed !== undefined))("$name is discarded", (vector) => {
    expect(decode(vector.octets)).toEqual({ malformed: vector.malformed });
  });

  const wellFormed = vectors.filter((vector) => vector.malformed === undefined);

  it.each(wellFormed)("$name has the fields", (vector) => {
    const packet = packetOf(vector);
    expect({ code: packet.code, identifier: packet.identifier, attributes: packet.attributes().map(asHex) }).toEqual({
      code: vector.code,
      identifier: vector.identifier,
      attributes: vector.attributes,
    });
  });

  it.each(wellFormed)("$name has the Message-Authenticator, and node:crypto agrees", (vector) => {
    const packet = packetOf(vector);
    const request = vector.answers && byName.get(vector.answers.request);
    const authenticator = request === undefined ? packet.authenticator : packetOf(request).authenticator;
    const check = verifyMessageAuthenticator(packet, new SharedSecret(vector.secret), authenticator);
    expect(check).toBe(vector.messageAuthenticator);
    expect(checkByNode(packet, vector.secret, authenticator)).toBe(vector.messageAuthenticator);
  });

  const replies = wellFormed.filter((vector) => vector.answers !== undefined);

  it.each(replies)("$name has the Response Authenticator, and node:crypto agrees", (vector) => {
    const { request, outcome } = vector.answers ?? { request: "", outcome: "" };
    const asked = packetOf(byName.get(request) as Vector);
    const reply = packetOf(vector);
    expect(verifyResponseAuthenticator(reply, new SharedSecret(vector.secret), asked.authenticator)).toBe(
      outcome === "valid",
    );
    const digest = createHash("md5")
      .update(reply.octets.subarray(0, 4))
      .update(asked.authenticator)
      .update(reply.octets.subarray(20))
      .update(vector.secret)
      .digest();
    expect(digest.equals(reply.authenticator)).toBe(outcome === "valid");
  });

  const passwords = wellFormed.filter((vector) => vector.password !== undefined);

  it.each(passwords)("$name hides the password", (vector) => {
    const packet = packetOf(vector);
    const secret = new SharedSecret(vector.secret);
    const hidden = packet.first(AttributeType.UserPassword) ?? new Uint8Array();
    const clear = Buffer.from(vector.password ?? "");
    expect(decryptUserPassword(hidden, secret, packet.authenticator)).toEqual(Uint8Array.from(clear));
    expect(encryptUserPassword(clear, secret, packet.authenticator)).toEqual(Uint8Array.from(hidden));
  });
});

function packetOf(vector: Vector): Packet {
  const packet = decode(vector.octets);
  if (isMalformed(packet)) {
    throw new Error(`${vector.name} is ${packet.malformed}`);
  }
  return packet;
}

function asHex({ type, value }: Attribute): { type: number; hex: string } {
  return { type, hex: Buffer.from(value).toString("hex") };
}

/** Message-Authenticator by another way: node:crypto over the octets with the authenticator and the zeros put in. */
function checkByNode(packet: Packet, secret: string, authenticator: Uint8Array): "valid" | "wrong" | "missing" {
  const sent = packet.first(AttributeType.MessageAuthenticator);
  if (sent === undefined) {
    return "missing";
  }
  const octets = Buffer.from(packet.octets);
  octets.set(authenticator, 4);
  octets.fill(0, packet.messageAuthenticatorAt + 2, packet.messageAuthenticatorAt + 18);
  return createHmac("md5", secret).update(octets).digest().equals(sent) ? "valid" : "wrong";
}
