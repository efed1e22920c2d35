import { randomInt } from "node:crypto";
import { freeUdpPort } from "../harness/free-udp-port.js";

const [LOWEST, HIGHEST] = [2_000, 9_999];
const MAX_TRIES = 100;

/** A free UDP port of the loopback that has four digits. */
export async function fourDigitPort(): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      return await freeUdpPort(randomInt(LOWEST, HIGHEST + 1));
    } catch (error) {
      if (tries === MAX_TRIES) throw error;
    }
  }
}
