import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  AttributeType,
  Code,
  decode,
  decryptUserPassword,
  encodeReply,
  isIgnored,
  isMalformed,
  type Packet,
  type ReceivedRequest,
  type ReplyCode,
  receiveRequest,
  SharedSecret,
  stateAttribute,
  textAttribute,
  verifyReply,
} from "./index.js";
import { readVectors, type Vector } from "./testing/read-vectors.js";

/** Packets of clients that broke other servers: each is received and answered as it must be. */
const vectors = readVectors("clients");

/** What becomes of those that are not signed; by default both requirements are on. */
const UNSIGNED: Readonly<Record<string, { readonly byDefault: string; readonly limitOnly: string }>> = {
  "fortigate-7.2-pap": { byDefault: "message-authenticator-missing", limitOnly: "taken" },
  "ntradping-pap": { byDefault: "message-authenticator-missing", limitOnly: "taken" },
  "ntradping-chap": { byDefault: "message-authenticator-missing", limitOnly: "taken" },
  "freeradius-proxy-old": { byDefault: "message-authenticator-missing", limitOnly: "proxy-state-unsigned" },
  "pam-radius": { byDefault: "message-authenticator-missing", limitOnly: "taken" },
  "openvpn-auth-radius": { byDefault: "message-authenticator-missing", limitOnly: "taken" },
  "nps-rd-gateway": { byDefault: "message-authenticator-missing", limitOnly: "proxy-state-unsigned" },
};

const OFF = { requireMessageAuthenticator: false, limitProxyState: false };

function receive(vector: Vector, flags: { requireMessageAuthenticator: boolean; limitProxyState: boolean }) {
  return receiveRequest(vector.octets, {
    ...flags,
    secrets: [new SharedSecret("the new secret of a rotation"), new SharedSecret(vector.secret)],
    allowUnsignedWithoutCredential: !flags.requireMessageAuthenticator,
    allowedCodes: [Code.AccessRequest, Code.StatusServer],
  });
}

function taken(vector: Vector): ReceivedRequest {
  const received = receive(vector, OFF);
  if ("discard" in received) throw new Error(received.discard);
  return received;
}

function packetOf(octets: Uint8Array): Packet {
  const packet = decode(octets);
  if (isMalformed(packet)) throw new Error(packet.malformed);
  return packet;
}

describe.each(vectors)("$name", (vector) => {
  const fate = UNSIGNED[vector.name] ?? { byDefault: "taken", limitOnly: "taken" };
  const secret = new SharedSecret(vector.secret);

  it("is taken, or dropped for the right reason, whatever the client is set to", () => {
    for (const [flags, expected] of [
      [{ requireMessageAuthenticator: true, limitProxyState: true }, fate.byDefault],
      [{ requireMessageAuthenticator: false, limitProxyState: true }, fate.limitOnly],
      [OFF, "taken"],
    ] as const) {
      const received = receive(vector, flags);
      expect("discard" in received ? received.discard : "taken").toBe(expected);
      if ("discard" in received) continue;
      expect(received.authenticated).toBe(vector.messageAuthenticator === "valid");
    }
  });

  it("is dropped when one bit of what is signed is wrong", () => {
    if (vector.messageAuthenticator !== "valid") return;
    for (const at of [1, 4, vector.octets.length - 1]) {
      const octets = Buffer.from(vector.octets);
      octets.writeUInt8(octets.readUInt8(at) ^ 1, at);
      expect(receive({ ...vector, octets }, OFF)).toHaveProperty("discard");
    }
  });

  it("has its password", () => {
    const { packet } = taken(vector);
    const hidden = packet.first(AttributeType.UserPassword);
    const password = hidden && decryptUserPassword(hidden, secret, packet.authenticator);
    expect(password && Buffer.from(password as Uint8Array).toString()).toBe(vector.password);
  });

  it.each<[string, ReplyCode]>([
    ["Access-Accept", Code.AccessAccept],
    ["Access-Reject", Code.AccessReject],
    ["Access-Challenge", Code.AccessChallenge],
  ])("gets an %s that the strictest client takes", (_name, code) => {
    const { packet } = taken(vector);
    const attributes = [
      ...(code === Code.AccessChallenge ? [stateAttribute(Buffer.alloc(64, 7))] : []),
      ...textAttribute(AttributeType.ReplyMessage, "What the user reads."),
    ];
    const octets = encodeReply({ code, request: packet, secret, attributes });
    if (octets === "too-big") throw new Error(octets);
    expect(octets.readUInt16BE(2)).toBe(octets.length);
    const reply = packetOf(octets);
    // First, and there whatever the request had: FortiOS, Junos, APC and a strict FreeRADIUS refuse a reply without.
    expect(reply.typeAt(0)).toBe(AttributeType.MessageAuthenticator);
    expect(byNode(reply, packet, vector.secret)).toEqual({ signed: true, authentic: true });
    if (packet.code === Code.AccessRequest) {
      const seen = verifyReply(octets, { request: packet, secret, requireMessageAuthenticator: true });
      expect(isIgnored(seen) ? seen.ignored : seen.code).toBe(code);
    }
    // Nothing but the Proxy-States follows what was decided: all of them, as they were and in their order.
    const types = reply.attributes().map(({ type }) => type);
    expect(reply.all(AttributeType.ProxyState)).toEqual(packet.all(AttributeType.ProxyState));
    expect(types).toEqual([
      AttributeType.MessageAuthenticator,
      ...attributes.map(({ type }) => type),
      ...packet.all(AttributeType.ProxyState).map(() => AttributeType.ProxyState),
    ]);
  });
});

it("knows every unsigned vector, and none that is signed", () => {
  const unsigned = vectors.filter(({ messageAuthenticator }) => messageAuthenticator === "missing");
  expect(unsigned.map(({ name }) => name).toSorted()).toEqual(Object.keys(UNSIGNED).toSorted());
});

/** Checks a reply with node:crypto and not with the code under test. RFC 3579 section 3.2, RFC 2865 section 3. */
function byNode(reply: Packet, request: Packet, secret: string): { signed: boolean; authentic: boolean } {
  const covered = Buffer.from(reply.octets);
  covered.set(request.authenticator, 4);
  covered.fill(0, 22, 38);
  const mac = createHmac("md5", secret).update(covered).digest();
  const digest = createHash("md5")
    .update(reply.octets.subarray(0, 4))
    .update(request.authenticator)
    .update(reply.octets.subarray(20))
    .update(secret)
    .digest();
  return {
    signed: mac.equals(reply.first(AttributeType.MessageAuthenticator) ?? new Uint8Array()),
    authentic: digest.equals(reply.authenticator),
  };
}
