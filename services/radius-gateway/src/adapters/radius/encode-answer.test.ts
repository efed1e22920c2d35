import { PLAIN_REPLY, type Reply } from "@portcullis/login";
import {
  type Attribute,
  AttributeType,
  buildAccessRequest,
  Code,
  decode,
  isIgnored,
  isMalformed,
  loopRefusalAttributes,
  octetsAttribute,
  octetsOf,
  type Packet,
  proxyStateAttribute,
  SharedSecret,
  textAttribute,
  verifyReply,
} from "@portcullis/radius";
import { describe, expect, it } from "vitest";
import { encodeAnswer, encodeStatusAnswer } from "./encode-answer.js";

const secret = new SharedSecret("a shared secret");
const STATE = Buffer.alloc(76, 9);

function requestWith(attributes: readonly Attribute[] = []): Packet {
  const octets = buildAccessRequest({
    identifier: 7,
    authenticator: Buffer.alloc(16, 5),
    secret,
    userName: "alice",
    attributes,
  });
  const packet = typeof octets === "string" ? undefined : decode(octets);
  if (packet === undefined || isMalformed(packet)) throw new Error("the request of the test is none");
  return packet;
}

function replyOf(change: Partial<Reply>): Reply {
  return {
    ...PLAIN_REPLY,
    verdict: "accept",
    ...change,
  };
}

/** Types and values behind Message-Authenticator, of a reply that verifies. */
function attributesIn(octets: Uint8Array, request: Packet): [number, string][] {
  const reply = verifyReply(octets, { request, secret, requireMessageAuthenticator: true });
  if (isIgnored(reply)) throw new Error(reply.ignored);
  expect(reply.typeAt(0)).toBe(AttributeType.MessageAuthenticator);
  return reply
    .attributes()
    .slice(1)
    .map(({ type, value }) => [type, Buffer.from(value).toString("latin1")]);
}

describe("encodeAnswer", () => {
  const proxyStates = [proxyStateAttribute(Buffer.from("one")), proxyStateAttribute(Buffer.from("two"))];
  const request = requestWith(proxyStates);
  const echoed = [
    [AttributeType.ProxyState, "one"],
    [AttributeType.ProxyState, "two"],
  ];
  const everything = { state: STATE, message: "hello", sessionTimeoutSeconds: 60 };

  it.each([
    ["accept", Code.AccessAccept, [[AttributeType.ReplyMessage, "hello"]]],
    ["reject", Code.AccessReject, [[AttributeType.ReplyMessage, "hello"]]],
    [
      "challenge",
      Code.AccessChallenge,
      [
        [AttributeType.State, STATE.toString("latin1")],
        [AttributeType.ReplyMessage, "hello"],
        [AttributeType.SessionTimeout, "\0\0\0<"],
        [AttributeType.Prompt, "\0\0\0\x01"],
      ],
    ],
  ] as const)("of a %s holds what it may, and the Proxy-States", (verdict, code, expected) => {
    const answer = encodeAnswer(replyOf({ verdict, ...everything }), request, secret);
    expect([answer.code, answer.octets[0], answer.cut]).toEqual([code, code, false]);
    expect(attributesIn(answer.octets, request)).toEqual([...expected, ...echoed]);
  });

  it("gives the same octets again", () => {
    const reply = replyOf({ verdict: "challenge", ...everything });
    expect(encodeAnswer(reply, request, secret)).toEqual(encodeAnswer(reply, request, secret));
  });

  it("splits a long message between characters", () => {
    const message = "ä".repeat(500);
    const parts = attributesIn(encodeAnswer(replyOf({ message }), requestWith(), secret).octets, requestWith());
    expect(parts.map(([type]) => type)).toEqual(Array(4).fill(AttributeType.ReplyMessage));
    expect(parts.map(([, value]) => Buffer.from(value, "latin1").toString()).join("")).toBe(message);
    for (const [, value] of parts) expect(Buffer.from(value, "latin1").toString()).not.toContain("\ufffd");
  });

  it("answers EAP with EAP-Failure and no Reply-Message", () => {
    const eap = requestWith([octetsAttribute(AttributeType.EapMessage, Uint8Array.of(2, 42, 0, 5, 1))]);
    const answer = encodeAnswer(replyOf({ verdict: "reject", message: "no" }), eap, secret);
    expect(attributesIn(answer.octets, eap)).toEqual([[AttributeType.EapMessage, "\u0004*\0\u0004"]]);
  });

  it("keeps what else a reject has beside EAP-Failure, but for Reply-Message", () => {
    const eap = requestWith([octetsAttribute(AttributeType.EapMessage, Uint8Array.of(2, 42, 0, 5, 1))]);
    const attributes = octetsOf([...textAttribute(AttributeType.ReplyMessage, "no"), ...loopRefusalAttributes()]);
    const answer = encodeAnswer(replyOf({ verdict: "reject", attributes }), eap, secret);
    expect(attributesIn(answer.octets, eap)).toEqual([
      [AttributeType.EapMessage, "\u0004*\0\u0004"],
      [AttributeType.ErrorCause, "\0\0\u0001\u00f6"],
    ]);
  });

  it("leaves out the text when it would be too long, and rejects rather than accept without attributes or prompt without State", () => {
    const long = requestWith(Array.from({ length: 15 }, () => proxyStateAttribute(Buffer.alloc(253, 1))));
    const accept = encodeAnswer(replyOf({ message: "x".repeat(1_000) }), long, secret);
    expect([accept.code, accept.cut]).toEqual([Code.AccessAccept, true]);
    expect(attributesIn(accept.octets, long)).toHaveLength(15);
    const filter = Buffer.concat([Uint8Array.of(11, 253), Buffer.alloc(251, 0x61)]);
    const restricted = encodeAnswer(replyOf({ attributes: Buffer.concat([filter, filter]) }), long, secret);
    expect([restricted.code, restricted.cut]).toEqual([Code.AccessReject, true]);
    const challenge = encodeAnswer(
      replyOf({ verdict: "challenge", state: Buffer.alloc(250), message: "x".repeat(1_000) }),
      long,
      secret,
    );
    expect([challenge.code, challenge.cut]).toEqual([Code.AccessReject, true]);
    expect(attributesIn(challenge.octets, long)).toHaveLength(15);
  });

  it("makes no packet of a bug", () => {
    expect(() => encodeAnswer(replyOf({ verdict: "challenge" }), request, secret)).toThrow(RangeError);
    expect(() => encodeAnswer(replyOf({ verdict: "discard" }), request, secret)).toThrow(RangeError);
  });
});

it("answers Status-Server with nothing but Message-Authenticator", () => {
  const octets = buildAccessRequest({
    code: Code.StatusServer,
    identifier: 3,
    authenticator: Buffer.alloc(16, 1),
    secret,
  });
  const request = typeof octets === "string" ? undefined : decode(octets);
  if (request === undefined || isMalformed(request)) throw new Error("no request");
  expect(attributesIn(encodeStatusAnswer(request, secret), request)).toEqual([]);
});
