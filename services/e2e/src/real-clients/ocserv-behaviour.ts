import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ocserv, startOcserv } from "./ocserv.js";
import type { RealClientsBench } from "./real-clients-bench.js";
import { CLIENTS, PASSWORD, userName } from "./real-clients-configuration.js";

/** `ocserv`, with libradcli, and `openconnect`. Users 3 and 4. */
export function describeOcserv(bench: RealClientsBench): void {
  describe("ocserv", () => {
    let ocserv: Ocserv;
    beforeAll(async () => {
      ocserv = await startOcserv({ ...CLIENTS.ocserv, port: bench.port });
    });
    afterAll(() => ocserv?.stop());

    it("lets in with password and code, also after a wrong one, and shows the prompts", async () => {
      const user = userName(3);
      const ends = await bench.endsOf(async () => {
        const typed = [PASSWORD, bench.wrongCodeOf(user), bench.codeOf(user)];
        const { code, output } = await ocserv.connect(user, typed);
        expect([code, output]).toEqual([0, expect.stringMatching(/Enter the code.*was wrong.*COOKIE=.*webvpn=/s)]);
      });
      expect(ends).toEqual(["ocserv SUCCESS_OATH_CODE_VERIFIED"]);
    });

    it("keeps out with wrong codes", async () => {
      const user = userName(4);
      const wrong = bench.wrongCodeOf(user);
      const ends = await bench.endsOf(async () => {
        const { code, output } = await ocserv.connect(user, [PASSWORD, wrong, wrong, wrong]);
        expect([code, output]).toEqual([expect.any(Number), expect.stringContaining("401 Authentication failed")]);
        expect([code === 0, output.includes("COOKIE")]).toEqual([false, false]);
      });
      expect(ends).toEqual(["ocserv FAILED_OATH_CODE_INCORRECT"]);
    });
  });
}
