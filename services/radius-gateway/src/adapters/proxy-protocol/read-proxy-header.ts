import type { Socket } from "node:net";
import { type ProxyHeader, parseProxyHeader } from "./proxy-header.js";

/**
 * Reads the header that a stream begins with and leaves the rest in the socket, which is then paused. The parser takes no
 * more than `MAX_HEADER_BYTES`, so what is kept meanwhile is bounded by that and one chunk; the time is the caller's to
 * bound, by closing the socket.
 * @returns the header; `closed` when the socket ended before it was whole
 */
export function readProxyHeader(socket: Socket): Promise<ProxyHeader | "malformed" | "closed"> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const finish = (result: ProxyHeader | "malformed" | "closed") => {
      socket.off("data", take).off("end", closed).off("close", closed).pause();
      resolve(result);
    };
    const closed = () => finish("closed");
    const take = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const header = parseProxyHeader(received);
      if (header === "incomplete") return;
      finish(header);
      if (header === "malformed" || header.lengthBytes === received.length) return;
      socket.unshift(received.subarray(header.lengthBytes));
    };
    socket.on("data", take).on("end", closed).on("close", closed);
  });
}
