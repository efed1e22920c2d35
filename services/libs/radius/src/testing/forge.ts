import { createHmac } from "node:crypto";

/** Octets of an attribute, whatever they are; for packets that the encoder rightly refuses to make. */
export function rawAttribute(type: number, value: Uint8Array | string): Buffer {
  const octets = Buffer.from(value);
  return Buffer.concat([Uint8Array.of(type, octets.length + 2), octets]);
}

/** A packet of raw attributes with the Length it has; nothing is signed. */
export function rawPacket(code: number, attributes: readonly Uint8Array[], identifier = 7): Buffer {
  const header = Buffer.alloc(20, 0x5a);
  header.writeUInt8(code, 0);
  header.writeUInt8(identifier, 1);
  const packet = Buffer.concat([header, ...attributes]);
  packet.writeUInt16BE(packet.length, 2);
  return packet;
}

/** Puts Message-Authenticator first, made with node:crypto and not with the code under test. */
export function signed(packet: Buffer, secret: string, authenticator: Uint8Array = packet.subarray(4, 20)): Buffer {
  const whole = Buffer.concat([packet.subarray(0, 20), rawAttribute(80, new Uint8Array(16)), packet.subarray(20)]);
  whole.writeUInt16BE(packet.readUInt16BE(2) + 18, 2);
  const covered = Buffer.from(whole.subarray(0, whole.readUInt16BE(2)));
  covered.set(authenticator, 4);
  whole.set(createHmac("md5", secret).update(covered).digest(), 22);
  return whole;
}

/** A copy with one bit of the octet at `at` turned. */
export function withBitTurned(octets: Uint8Array, at: number, bit = 0): Buffer {
  const copy = Buffer.from(octets);
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << bit), at);
  return copy;
}
