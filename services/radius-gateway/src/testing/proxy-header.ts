import ipaddr from "ipaddr.js";
import type { ProxiedSource } from "../adapters/proxy-protocol/proxy-header.js";

const SIGNATURE = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);

export interface HeaderToWrite {
  readonly source?: ProxiedSource;
  readonly transport?: "stream" | "datagram";
  /** Without a source: the number of the address family. */
  readonly family?: 0 | 3;
  /** 0 is LOCAL, 1 is PROXY. */
  readonly command?: number;
  readonly tlvs?: Uint8Array;
}

/** The header that a proxy would write, PROXY protocol version 2; the destination is the source with port 1812. */
export function proxyHeader(header: HeaderToWrite): Buffer {
  const { source, transport = "stream", family = 0, command = 1, tlvs = Buffer.alloc(0) } = header;
  const block = source === undefined ? Buffer.alloc(family === 3 ? 216 : 0) : addressBlock(source);
  const familyNumber = source === undefined ? family : block.length === 12 ? 1 : 2;
  const fixed = Buffer.alloc(4);
  fixed.writeUInt8(0x20 | command, 0);
  fixed.writeUInt8((familyNumber << 4) | (transport === "stream" ? 1 : 2), 1);
  fixed.writeUInt16BE(block.length + tlvs.length, 2);
  return Buffer.concat([SIGNATURE, fixed, block, tlvs]);
}

function addressBlock({ address, port }: ProxiedSource): Buffer {
  const octets = Buffer.from(ipaddr.parse(address).toByteArray());
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(port, 0);
  ports.writeUInt16BE(1_812, 2);
  return Buffer.concat([octets, octets, ports]);
}
