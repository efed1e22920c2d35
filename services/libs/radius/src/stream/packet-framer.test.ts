import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PacketFramer } from "./packet-framer.js";

/** A packet of `length` octets, filled with `fill`; what is in it does not matter here. */
function packetOf(length: number, fill = 1): Buffer {
  const packet = Buffer.alloc(length, fill);
  packet.writeUInt16BE(length, 2);
  return packet;
}

function hexOf(packets: readonly Uint8Array[]): string[] {
  return packets.map((packet) => Buffer.from(packet).toString("hex"));
}

/** Feeds a stream in pieces that end at these places. */
function pushed(stream: Uint8Array, cuts: readonly number[]) {
  const framer = new PacketFramer();
  const packets: Uint8Array[] = [];
  let broken = false;
  const ends = [...cuts.map((cut) => cut % (stream.length + 1)), stream.length].toSorted((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    const framed = framer.push(stream.subarray(from, end));
    packets.push(...framed.packets);
    broken = framed.broken;
    from = end;
  }
  return { packets, broken, midPacket: framer.midPacket };
}

const packets = fc.array(
  fc
    .tuple(fc.integer({ min: 20, max: 4096 }), fc.integer({ min: 0, max: 255 }))
    .map(([length, fill]) => packetOf(length, fill)),
  { maxLength: 12 },
);
const cuts = fc.array(fc.nat(), { maxLength: 40 });

describe("PacketFramer", () => {
  it("gives the packets of any stream, however it is cut", () => {
    fc.assert(
      fc.property(packets, cuts, (sent, at) => {
        const framed = pushed(Buffer.concat(sent), at);
        expect(hexOf(framed.packets)).toEqual(hexOf(sent));
        expect([framed.broken, framed.midPacket]).toEqual([false, false]);
      }),
    );
  });

  it("gives what is whole of any octets, then breaks for good, wherever they are cut", () => {
    fc.assert(
      fc.property(packets, fc.uint8Array({ maxLength: 200 }), cuts, (sent, garbage, at) => {
        const stream = Buffer.concat([...sent, garbage]);
        const whole = pushed(stream, []);
        const cut = pushed(stream, at);
        expect(hexOf(cut.packets)).toEqual(hexOf(whole.packets));
        expect([cut.broken, cut.midPacket]).toEqual([whole.broken, whole.midPacket]);
        expect(hexOf(cut.packets).slice(0, sent.length)).toEqual(hexOf(sent));
      }),
    );
  });

  it.each([0, 1, 19, 4097, 65_535])("breaks at a Length of %i and takes nothing more", (length) => {
    const framer = new PacketFramer();
    const wrong = packetOf(20, 7);
    wrong.writeUInt16BE(length, 2);
    const framed = framer.push(Buffer.concat([packetOf(20), wrong]));
    expect(framed).toEqual({ packets: [Uint8Array.from(packetOf(20))], broken: true });
    expect(framer.push(packetOf(20))).toEqual({ packets: [], broken: true });
  });

  it("waits for the rest of a packet, octet by octet", () => {
    const framer = new PacketFramer();
    const packet = packetOf(4096, 3);
    for (const octet of packet.subarray(0, -1)) expect(framer.push(Uint8Array.of(octet)).packets).toEqual([]);
    expect(framer.midPacket).toBe(true);
    expect(hexOf(framer.push(Uint8Array.of(3)).packets)).toEqual(hexOf([packet]));
    expect(framer.midPacket).toBe(false);
  });

  it("gives octets of their own", () => {
    const chunk = packetOf(20, 9);
    const [packet] = new PacketFramer().push(chunk).packets;
    chunk.fill(0);
    expect(packet?.[0]).toBe(9);
  });
});
