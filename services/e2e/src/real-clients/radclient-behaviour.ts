import { describe, expect, it } from "vitest";
import { radclient } from "../harness/radclient.js";
import type { RealClientsBench } from "./real-clients-bench.js";
import { CLIENTS, PASSWORD, userName } from "./real-clients-configuration.js";

/** FreeRADIUS' `radclient`, for what a target of type `local` cannot check: it keeps no password. User 9. */
export function describeRadclient(bench: RealClientsBench): void {
  describe("radclient", () => {
    it.each(["CHAP-Password", "MS-CHAP-Password"])("is refused with %s by a local target", async (attribute) => {
      const { address, secret } = CLIENTS.radclient;
      const ends = await bench.endsOf(async () => {
        const login = [`User-Name = ${userName(9)}`, `${attribute} = "${PASSWORD}"`];
        const sent = await radclient({ port: bench.port, secret }, [...login, `Packet-Src-IP-Address = ${address}`]);
        expect(sent.reply, sent.output).toBe("Access-Reject");
      });
      expect(ends).toEqual(["radclient FAILED_REQUEST_INVALID"]);
    });
  });
}
