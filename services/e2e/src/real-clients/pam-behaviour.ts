import { describe, expect, it } from "vitest";
import { pamLogin } from "./pam.js";
import type { RealClientsBench } from "./real-clients-bench.js";
import { CLIENTS, PASSWORD, userName } from "./real-clients-configuration.js";

/** Linux PAM: `pam_radius_auth` 2.0, driven by `pamtester`. Users 0 to 2. */
export function describePam(bench: RealClientsBench): void {
  describe("pam_radius_auth", () => {
    it("lets in with password and code, and shows the prompt", async () => {
      const user = userName(0);
      const ends = await bench.endsOf(async () => {
        const server = { ...CLIENTS.pam, port: bench.port };
        const { code, output } = await pamLogin(server, user, [PASSWORD, bench.codeOf(user)]);
        expect([code, output]).toEqual([0, expect.stringContaining("Enter the code")]);
      });
      expect(ends).toEqual(["pam SUCCESS_OATH_CODE_VERIFIED"]);
    });

    it("keeps out with wrong codes", async () => {
      const user = userName(1);
      const wrong = bench.wrongCodeOf(user);
      const ends = await bench.endsOf(async () => {
        const server = { ...CLIENTS.pam, port: bench.port };
        const { code, output } = await pamLogin(server, user, [PASSWORD, wrong, wrong, wrong]);
        expect([code, output]).toEqual([1, expect.stringContaining("Authentication failure")]);
      });
      expect(ends).toEqual(["pam FAILED_OATH_CODE_INCORRECT"]);
    });

    it("gets no answer where it has to sign its requests, and the log says what to do", async () => {
      const user = userName(2);
      const server = { ...CLIENTS.pamStrict, port: bench.port };
      const { code, output } = await pamLogin(server, user, [PASSWORD, bench.codeOf(user)]);
      expect([code, output]).toEqual([1, expect.stringContaining("cannot retrieve authentication info")]);
      expect(bench.discards("pamStrict")).toMatchObject([
        { reason: "message-authenticator-missing", hint: expect.stringMatching(/pam_radius_auth.*never/) },
      ]);
    });
  });
}
