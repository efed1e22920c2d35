import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Code,
  DISCARD_REASONS,
  decode,
  eapMessageOf,
  formatAttribute,
  isIgnored,
  isMalformed,
  MALFORMED_REASONS,
  type Packet,
  REPLY_FAULTS,
  receiveRequest,
  SharedSecret,
  verifyReply,
} from "./index.js";
import { rawAttribute } from "./testing/forge.js";
import { readVectors, VECTOR_FILES } from "./testing/read-vectors.js";

const RUNS = 3000;
const SECRET = new SharedSecret("xyzzy5461");
const VECTORS = VECTOR_FILES.flatMap((file) => readVectors(file));
const OPTIONS = {
  secrets: [SECRET],
  requireMessageAuthenticator: false,
  limitProxyState: false,
  allowUnsignedWithoutCredential: true,
  allowedCodes: [Code.AccessRequest, Code.AccountingRequest, Code.StatusServer],
} as const;

/** Attributes of right lengths, of the types that we look into most of the time. */
const attributes = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom(1, 2, 3, 24, 26, 33, 79, 80), fc.integer({ min: 1, max: 255 })),
      fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 16, maxLength: 16 })),
    ),
    { maxLength: 12 },
  )
  .map((list) => Buffer.concat(list.map(([type, value]) => rawAttribute(type, value))));

/** What gets far: a header with the right Length, or seldom nearly, and attributes, or seldom anything, behind it. */
const nearlyPackets = fc
  .tuple(
    fc.constantFrom(1, 2, 3, 4, 5, 11, 12, 52),
    fc.oneof({ weight: 4, arbitrary: attributes }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }) }),
    fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -2, max: 2 }) }),
  )
  .map(([code, rest, off]) => {
    const packet = Buffer.concat([Buffer.alloc(20, code), rest]);
    packet.writeUInt16BE(packet.length + off, 2);
    return packet;
  });

/** A vector with some octets changed, cut or grown. */
const mutants = fc
  .record({
    vector: fc.constantFrom(...VECTORS),
    changes: fc.array(fc.tuple(fc.nat(4095), fc.nat(255)), { maxLength: 6 }),
    cut: fc.nat(40),
    tail: fc.uint8Array({ maxLength: 20 }),
    fixLength: fc.boolean(),
  })
  .map(({ vector, changes, cut, tail, fixLength }) => {
    const kept = vector.octets.subarray(0, Math.max(0, vector.octets.length - cut));
    const mutant = Buffer.concat([kept, tail]);
    for (const [at, octet] of changes) {
      if (mutant.length > 0) {
        mutant[at % mutant.length] = octet;
      }
    }
    if (fixLength && mutant.length >= 4) {
      mutant.writeUInt16BE(mutant.length, 2);
    }
    return mutant;
  });

const datagrams = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.uint8Array({ maxLength: 5000, size: "max" }),
  nearlyPackets,
  mutants,
);

describe("whatever arrives", () => {
  it("decode gives a packet that is consistent or a named reason, and throws nothing", () => {
    fc.assert(
      fc.property(datagrams, (datagram) => {
        const before = Buffer.from(datagram);
        const packet = decode(datagram);
        expect(before.equals(datagram)).toBe(true);
        expect(["consistent", ...MALFORMED_REASONS]).toContain(isMalformed(packet) ? packet.malformed : walk(packet));
      }),
      { numRuns: RUNS },
    );
  });

  it("is often enough a packet for the above to mean something", () => {
    const packets = fc.sample(datagrams, RUNS).filter((datagram) => !isMalformed(decode(datagram)));
    expect(packets.length).toBeGreaterThan(RUNS / 10);
  });

  it("receiveRequest gives a request or a named reason, and throws nothing", () => {
    fc.assert(
      fc.property(datagrams, (datagram) => {
        const received = receiveRequest(datagram, OPTIONS);
        expect([...DISCARD_REASONS, ...OPTIONS.allowedCodes]).toContain(
          "discard" in received ? received.discard : received.packet.code,
        );
      }),
      { numRuns: RUNS },
    );
  });

  it("verifyReply ignores it for a named reason, and throws nothing", () => {
    const request = decode(Buffer.from(readVectors("own")[0]?.octets ?? []));
    if (isMalformed(request)) {
      throw new Error(request.malformed);
    }
    fc.assert(
      fc.property(datagrams, (datagram) => {
        const reply = verifyReply(datagram, { request, secret: SECRET, requireMessageAuthenticator: true });
        expect(REPLY_FAULTS).toContain(isIgnored(reply) ? reply.ignored : "accepted");
      }),
      { numRuns: RUNS },
    );
  });

  it("formatAttribute prints it without control characters, and throws nothing", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), fc.uint8Array({ maxLength: 253 }), (type, value) => {
        const printed = formatAttribute({ type, value });
        expect(`${printed.name}${printed.value}`).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: RUNS },
    );
  });
});

/** Reads everything of a packet; its attributes fill it exactly. */
function walk(packet: Packet): "consistent" | "inconsistent" {
  const attributeBytes = packet.attributes().reduce((sum, { value }) => sum + 2 + value.length, 0);
  packet.vendorAttributes();
  eapMessageOf(packet);
  return packet.octets.length === 20 + attributeBytes ? "consistent" : "inconsistent";
}
