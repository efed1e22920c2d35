import { existsSync } from "node:fs";
import { sleepMs } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Openvpn, startOpenvpn } from "./openvpn.js";
import type { RealClientsBench } from "./real-clients-bench.js";
import { CLIENTS, PASSWORD, SEPARATOR, userName, withManualOpenvpn } from "./real-clients-configuration.js";

const HELD_MS = 3_000;

const base64 = (text: string): string => Buffer.from(text).toString("base64");

const TUN_DEVICE = "/dev/net/tun";

/** OpenVPN with `openvpn-auth-radius`, which takes a challenge for a denial. Users 5 to 8. */
export function describeOpenvpn(bench: RealClientsBench): void {
  // OpenVPN serves nobody without a device for its packets, which a container may lack.
  describe.runIf(existsSync(TUN_DEVICE))("openvpn-auth-radius", () => {
    let openvpn: Openvpn;
    beforeAll(async () => {
      openvpn = await startOpenvpn({
        port: bench.port,
        accountingPort: bench.accountingPort,
        secret: CLIENTS.openvpn.secret,
      });
    });
    afterAll(() => openvpn?.stop());

    it.each([
      ["behind the password", userName(5), (code: string) => `${PASSWORD}${SEPARATOR}${code}`],
      [
        "as the answer to a static challenge",
        userName(8),
        (code: string) => `SCRV1:${base64(PASSWORD)}:${base64(code)}`,
      ],
    ])("lets in with a code %s, without a prompt", async (_where, user, typed) => {
      const ends = await bench.endsOf(async () => {
        const client = await openvpn.connect(user, typed(bench.codeOf(user)));
        await client.stop();
      });
      expect(ends).toEqual(["openvpn SUCCESS_OATH_CODE_VERIFIED"]);
    });

    it.each([
      ["a wrong code", () => `${PASSWORD}${SEPARATOR}${bench.wrongCodeOf(userName(6))}`, "FAILED_OATH_CODE_INCORRECT"],
      ["no code", () => PASSWORD, "FAILED_PROMPT_NOT_POSSIBLE"],
    ])("keeps out with %s", async (_what, password, resultCode) => {
      const ends = await bench.endsOf(async () => {
        await expect(openvpn.connect(userName(6), password())).rejects.toThrow("AUTH_FAILED");
      });
      expect(ends).toEqual([`openvpn ${resultCode}`]);
    });

    it("waits for an approval, its repeated requests joining the first", async () => {
      const user = userName(7);
      await bench.reconfigure(withManualOpenvpn);
      const before = await bench.requestsOf("openvpn");
      const ends = await bench.endsOf(async () => {
        const connecting = openvpn.connect(user, PASSWORD);
        await bench.waiting(user);
        await sleepMs(HELD_MS);
        const answered = await bench.approveNewest();
        expect(answered).toMatchObject({ code: 0, stdout: expect.stringContaining(user) });
        await (await connecting).stop();
      });
      expect(ends).toEqual(["openvpn SUCCESS_MANUAL"]);
      expect((await bench.requestsOf("openvpn")) - before).toBeGreaterThanOrEqual(3);
    });
  });
}
