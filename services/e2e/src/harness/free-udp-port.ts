import { createSocket } from "node:dgram";

/** A UDP port of the loopback that nobody has now. @param wanted fails when somebody has it; any when left out */
export function freeUdpPort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", reject);
    socket.bind(wanted, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
