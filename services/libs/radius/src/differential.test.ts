import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Attribute,
  AttributeType,
  buildAccessRequest,
  Code,
  decode,
  decodeUtf8,
  decryptUserPassword,
  encodeReply,
  isIgnored,
  isMalformed,
  receiveRequest,
  SharedSecret,
  textAttribute,
  vendorAttribute,
  verifyReply,
} from "./index.js";

/** What the npm package `radius` can do that we compare with. It throws where we return a value. */
interface Oracle {
  encode(packet: Record<string, unknown>): Buffer;
  decode(packet: { packet: Buffer; secret: string }): {
    readonly code: string;
    readonly identifier: number;
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly raw_attributes: ReadonlyArray<readonly [number, Buffer]>;
  };
  encode_response(reply: Record<string, unknown>): Buffer;
  verify_response(packets: { request: Buffer; response: Buffer; secret: string }): boolean;
}

const oracle = createRequire(import.meta.url)("radius") as Oracle;
const TEXT = "testing123";
const SECRET = new SharedSecret(TEXT);
const RUNS = 400;
const RECEIVE = {
  secrets: [SECRET],
  requireMessageAuthenticator: true,
  limitProxyState: true,
  allowedCodes: [Code.AccessRequest],
} as const;

// Types whose values the package takes as octets and reads without an opinion about them.
const plainTypes = fc.constantFrom(
  AttributeType.FilterId,
  AttributeType.Class,
  AttributeType.CalledStationId,
  AttributeType.NasIdentifier,
  AttributeType.ProxyState,
  AttributeType.ConnectInfo,
);
const attributes = fc.array(
  fc.record({
    type: plainTypes,
    value: fc.uint8Array({ minLength: 1, maxLength: 253 }).map((value) => Buffer.from(value)),
  }),
  { maxLength: 8 },
);
// The package ends a password at the first NUL of each block; that is one of its faults and not compared.
const passwords = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }).filter((text) => {
  const octets = Buffer.from(text);
  return octets.length <= 128 && !octets.includes(0) && text.isWellFormed();
});
const identifiers = fc.integer({ min: 0, max: 255 });
const authenticators = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe("beside the radius package", () => {
  it("receives what the package encodes", () => {
    fc.assert(
      fc.property(attributes, passwords, identifiers, (sent, password, identifier) => {
        const packet = oracle.encode({
          code: "Access-Request",
          identifier,
          secret: TEXT,
          attributes: [["User-Password", password], ...sent.map(({ type, value }) => [type, value])],
          add_message_authenticator: true,
        });
        const received = receiveRequest(packet, RECEIVE);
        if ("discard" in received) {
          throw new Error(received.discard);
        }
        const [hidden, ...rest] = received.packet.attributes();
        const clear = decryptUserPassword(hidden?.value ?? new Uint8Array(), SECRET, received.packet.authenticator);
        expect(isMalformed(clear) ? clear : decodeUtf8(clear)).toBe(password);
        expect(received.packet.identifier).toBe(identifier);
        expect(rest.slice(0, -1).map(plain)).toEqual(sent.map(plain));
      }),
      { numRuns: RUNS },
    );
  });

  it("encodes what the package decodes and verifies", () => {
    fc.assert(
      fc.property(attributes, passwords, identifiers, authenticators, (sent, password, identifier, authenticator) => {
        const octets = buildAccessRequest({ identifier, authenticator, secret: SECRET, password, attributes: sent });
        const decoded = oracle.decode({ packet: octets as Buffer, secret: TEXT });
        expect(decoded).toMatchObject({ code: "Access-Request", identifier });
        expect(decoded.attributes["User-Password"]).toBe(password);
        const raw = decoded.raw_attributes.slice(2).map(([type, value]) => plain({ type, value }));
        expect(raw).toEqual(sent.map(plain));
      }),
      { numRuns: RUNS },
    );
  });

  it("verifies the replies of the package, and the package ours", () => {
    fc.assert(
      fc.property(attributes, passwords, identifiers, authenticators, (sent, password, identifier, authenticator) => {
        const request = buildAccessRequest({ identifier, authenticator, secret: SECRET, password, attributes: sent });
        const packet = decode(request as Buffer);
        if (isMalformed(packet)) {
          throw new Error(packet.malformed);
        }
        const ours = encodeReply({
          code: Code.AccessAccept,
          request: packet,
          secret: SECRET,
          attributes: [
            ...textAttribute(AttributeType.ReplyMessage, password),
            vendorAttribute(311, 2, Buffer.from("E=691")),
          ],
        });
        expect(oracle.verify_response({ request: request as Buffer, response: ours as Buffer, secret: TEXT })).toBe(
          true,
        );

        const theirs = oracle.encode_response({
          packet: oracle.decode({ packet: request as Buffer, secret: TEXT }),
          code: "Access-Challenge",
          secret: TEXT,
          attributes: [["Reply-Message", password]],
        });
        const verified = verifyReply(theirs, { request: packet, secret: SECRET, requireMessageAuthenticator: true });
        expect(isIgnored(verified) ? verified.ignored : verified.code).toBe(Code.AccessChallenge);
      }),
      { numRuns: RUNS },
    );
  });
});

function plain({ type, value }: Attribute): [number, string] {
  return [type, Buffer.from(value).toString("hex")];
}
