import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Attribute,
  attributesOf,
  buildAccessRequest,
  Code,
  clearReplyAttributes,
  decode,
  encodeReply,
  hideReplyAttributes,
  octetsOf,
  type Packet,
  proxyStateAttribute,
  SharedSecret,
  vendorAttribute,
} from "../index.js";
import { rawAttribute, rawPacket, withBitTurned } from "../testing/forge.js";

const OURS = Buffer.from("our own tag");
const TARGET = { secret: new SharedSecret("of the target"), requestAuthenticator: new Uint8Array(16).fill(2) };
const CLIENT = { secret: new SharedSecret("of the client"), requestAuthenticator: new Uint8Array(16).fill(1) };
const KEY = Buffer.from("8b7cdc149b993a1ba118cb153f56dccb", "hex");

/** Every kind of hidden attribute, in clear, among others. */
const CLEAR: readonly Attribute[] = [
  { type: 24, value: Buffer.from("state of the target") },
  { type: 69, value: Buffer.from("\x01tunnel one") },
  { type: 69, value: Buffer.from("\x02tunnel two") },
  {
    type: 26,
    value: Buffer.concat([Buffer.from("00000137", "hex"), tlv(16, KEY), tlv(7, Buffer.of(1)), tlv(17, KEY)]),
  },
  vendorAttribute(311, 12, Buffer.concat([Buffer.alloc(24, 5), Buffer.alloc(8)])),
  vendorAttribute(529, 214, Buffer.alloc(16, 6)),
  { type: 214, value: Buffer.alloc(16, 7) },
  vendorAttribute(2356, 19, Buffer.from("\x03ike")),
  vendorAttribute(4874, 60, Buffer.of(192, 0, 2, 1)),
  { type: 26, value: Buffer.from(`000012ee00d613${"08".repeat(16)}`, "hex") },
  { type: 26, value: Buffer.from(`000060b5050700${"09".repeat(4)}`, "hex") },
  { type: 26, value: Buffer.from("000060b55611000106c000020103080a0a0a0a0a0a", "hex") },
  { type: 25, value: Buffer.from("class") },
];
const TUNNEL = CLEAR.slice(1, 2);
/** Where in CLEAR nothing is hidden. */
const OPEN = [0, 12];

function tlv(type: number, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(type, value.length + 2), value]);
}

function replyWith(attributes: readonly Uint8Array[]): Packet {
  const packet = decode(rawPacket(Code.AccessAccept, attributes));
  if ("malformed" in packet) throw new Error(packet.malformed);
  return packet;
}

function hidden(clear: readonly Attribute[], hop = TARGET, salt = 0): Uint8Array {
  return hideReplyAttributes(octetsOf(clear), { ...hop, salt }) as Uint8Array;
}

function clearOf(octets: Uint8Array, hop = TARGET) {
  return clearReplyAttributes(replyWith([octets, rawAttribute(33, OURS)]), { ...hop, proxyState: OURS });
}

describe("clearReplyAttributes and hideReplyAttributes", () => {
  it("carry every hidden attribute from one hop to the other, and leave the others as they are", () => {
    const fromTarget = hidden(CLEAR);
    const clear = clearOf(fromTarget);
    expect(clear).toEqual(octetsOf(CLEAR));
    const toClient = hideReplyAttributes(clear as Uint8Array, { ...CLIENT, salt: 5 }) as Uint8Array;
    expect(clearOf(toClient, CLIENT)).toEqual(octetsOf(CLEAR));
    const before = attributesOf(fromTarget) as readonly Attribute[];
    const after = attributesOf(toClient) as readonly Attribute[];
    after.forEach((attribute, index) => {
      const same = Buffer.from(attribute.value).equals(before[index]?.value ?? Buffer.of());
      expect([index, same]).toEqual([index, OPEN.includes(index)]);
    });
  });

  it("keep the attributes of a vendor together, with those between them", () => {
    const [, , , together] = attributesOf(hidden(CLEAR)) as readonly Attribute[];
    const bytes = together?.value ?? new Uint8Array();
    // 4 of the vendor, two keys of 2 + 2 + 32 octets and 3 octets between.
    expect(bytes).toHaveLength(4 + 36 + 3 + 36);
    expect(bytes.subarray(40, 43)).toEqual(new Uint8Array(tlv(7, Buffer.of(1))));
  });

  it("give each salted value its own salt with the highest bit set, the same for the same reply", () => {
    const salts = (octets: Uint8Array) =>
      (attributesOf(octets) as readonly Attribute[]).map(({ value }) =>
        Buffer.from(value.subarray(1, 3)).toString("hex"),
      );
    const tunnels = [CLEAR[1], CLEAR[2], CLEAR[1]] as Attribute[];
    expect(salts(hidden(tunnels, TARGET, 0x7ffe))).toEqual(["fffe", "ffff", "8000"]);
    expect(hidden(CLEAR, CLIENT, 77)).toEqual(hidden(CLEAR, CLIENT, 77));
    expect(hidden(CLEAR, CLIENT, 77)).not.toEqual(hidden(CLEAR, CLIENT, 78));
  });

  it("leave a Vendor-Specific of another form octet for octet", () => {
    const odd = [
      { type: 26, value: Buffer.from("00000137", "hex") },
      { type: 26, value: Buffer.from("000001371004aa", "hex") },
      { type: 26, value: Buffer.from("0001", "hex") },
      { type: 26, value: Buffer.from("000060b50508800102030405", "hex") },
      vendorAttribute(9, 16, KEY),
    ];
    expect(hidden(odd)).toEqual(octetsOf(odd));
    expect(clearOf(octetsOf(odd))).toEqual(octetsOf(odd));
  });

  it("leave out what belongs to one hop", () => {
    const own = [rawAttribute(80, new Uint8Array(16)), rawAttribute(33, OURS), rawAttribute(25, "class")];
    expect(clearReplyAttributes(replyWith(own), { ...TARGET, proxyState: OURS })).toEqual(
      new Uint8Array(rawAttribute(25, "class")),
    );
    expect(hideReplyAttributes(Buffer.concat(own), { ...CLIENT, salt: 0 })).toEqual(
      new Uint8Array(rawAttribute(25, "class")),
    );
  });

  it("do not recover a value with one bit of it wrong", () => {
    const tunnel = hidden(TUNNEL);
    expect(clearOf(withBitTurned(tunnel, 8))).not.toEqual(octetsOf(TUNNEL));
  });

  it("are Malformed for a hidden value that cannot be", () => {
    expect(clearOf(rawAttribute(69, Buffer.of(1, 0x80, 0)))).toEqual({ malformed: "hidden-length" });
    expect(clearOf(octetsOf([vendorAttribute(311, 12, Buffer.alloc(24))]))).toEqual({ malformed: "hidden-length" });
    expect(hideReplyAttributes(Buffer.of(69, 2), { ...CLIENT, salt: 0 })).toEqual({ malformed: "hidden-length" });
    expect(hideReplyAttributes(Buffer.of(0, 2), { ...CLIENT, salt: 0 })).toEqual({ malformed: "attribute-type-zero" });
  });

  it("are Malformed when values that are hidden do not fit into one attribute any more", () => {
    const keys = Array.from({ length: 8 }, () => tlv(16, Buffer.alloc(28)));
    const value = Buffer.concat([Buffer.from("00000137", "hex"), ...keys]);
    expect(hideReplyAttributes(octetsOf([{ type: 26, value }]), { ...CLIENT, salt: 0 })).toEqual({
      malformed: "hidden-length",
    });
  });

  it("fit into a reply to the client", () => {
    const request = decode(
      buildAccessRequest({
        identifier: 1,
        authenticator: CLIENT.requestAuthenticator,
        secret: CLIENT.secret,
      }) as Buffer,
    ) as Packet;
    const attributes = attributesOf(hidden(CLEAR, CLIENT)) as readonly Attribute[];
    const reply = decode(
      encodeReply({ code: Code.AccessAccept, request, secret: CLIENT.secret, attributes }) as Buffer,
    ) as Packet;
    expect(reply.attributes().slice(1)).toHaveLength(CLEAR.length);
  });
});

describe("the Proxy-State of a target's reply", () => {
  const options = { ...TARGET, proxyState: OURS };

  it("is ours", () => {
    expect(clearReplyAttributes(replyWith([rawAttribute(33, OURS)]), options)).toEqual(new Uint8Array());
  });

  it("is not taken with one bit wrong, cut, or among others", () => {
    for (const states of [
      [withBitTurned(OURS, 3)],
      [OURS.subarray(1)],
      [OURS, OURS],
      [Buffer.from("client's"), OURS],
    ]) {
      const reply = replyWith(states.map((state) => rawAttribute(33, state)));
      expect(clearReplyAttributes(reply, options)).toBe("proxy-state-other");
    }
  });

  it("is not taken as missing", () => {
    expect(clearReplyAttributes(replyWith([rawAttribute(25, "class")]), options)).toBe("proxy-state-missing");
    expect(clearReplyAttributes(replyWith([proxyless()]), options)).toBe("proxy-state-missing");
  });

  function proxyless(): Buffer {
    const { type, value } = proxyStateAttribute(OURS);
    return rawAttribute(type + 1, value);
  }
});

describe("whatever a target sends", () => {
  const attribute = fc.tuple(
    fc.constantFrom(2, 24, 26, 26, 26, 69, 79, 80, 214, 215),
    fc.oneof(
      fc.uint8Array({ maxLength: 253 }),
      fc
        .tuple(
          fc.constantFrom(311, 529, 2356, 4846, 4874, 24757, 9),
          fc.array(fc.tuple(fc.constantFrom(0, 5, 12, 16, 17, 19, 58, 86, 214), fc.uint8Array({ maxLength: 60 })), {
            maxLength: 3,
          }),
        )
        .map(([vendor, tlvs]) => {
          const id = Buffer.alloc(4);
          id.writeUInt32BE(vendor);
          return Buffer.concat([id, ...tlvs.map(([type, value]) => tlv(type, value))]);
        }),
    ),
  );

  it("comes back clear or with a name, can be hidden again, and then comes back the same", () => {
    let hiddenAgain = 0;
    fc.assert(
      fc.property(fc.array(attribute, { maxLength: 8 }), fc.nat(0xffff), (list, salt) => {
        const octets = Buffer.concat(
          list.filter(([type]) => type !== 80).map(([type, value]) => rawAttribute(type, value)),
        );
        const clear = clearOf(octets);
        if (!(clear instanceof Uint8Array)) {
          expect(clear).toEqual({ malformed: "hidden-length" });
          return;
        }
        const again = hideReplyAttributes(clear, { ...CLIENT, salt });
        expect(again).toBeInstanceOf(Uint8Array);
        expect(clearOf(again as Uint8Array, CLIENT)).toEqual(clear);
        hiddenAgain++;
      }),
      { numRuns: 3000 },
    );
    expect(hiddenAgain).toBeGreaterThan(500);
  });

  it("and no octets at all make hideReplyAttributes throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(0xffff), (octets, salt) => {
        const result = hideReplyAttributes(octets, { ...CLIENT, salt });
        expect(result instanceof Uint8Array || "malformed" in result).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
