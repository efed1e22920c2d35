import { sleepMs } from "@portcullis/testkit";
import { describe, expect, it } from "vitest";
import { type EapolResult, eapolTest, type Supplicant } from "../harness/eapol-test.js";
import type { TargetBench } from "./target-bench.js";
import { CLIENTS, innerName, PASSWORD, UNNAMED } from "./target-configuration.js";

/** As long as somebody needs to find the phone. */
const HOLD_MS = 8_000;
/** The list of held logins has the name that the packets have, and whom the target named. */
const OUTER_NAME = "anonymous";
const METHODS = ["PEAP", "TTLS"] as const;

/** 802.1X through us to the target that ends the tunnels. Inner users 0 to 6. */
export function describeEap(bench: TargetBench): void {
  describe("EAP", () => {
    let stations = 0;

    function login(
      client: "plain" | "held" | "code" | "named",
      method: Supplicant["method"],
      { identity, outerIdentity = OUTER_NAME }: { identity: string; outerIdentity?: string },
    ) {
      const certificateFile = bench.freeradius.certificateFile ?? "";
      const macAddress = `02:00:00:00:00:${String(++stations).padStart(2, "0")}`;
      const { address: sourceAddress, secret } = CLIENTS[client];
      const server = { port: bench.product.ports[0], secret, sourceAddress };
      return eapolTest(server, { method, outerIdentity, identity, password: PASSWORD, macAddress, certificateFile });
    }

    function expectSuccess({ succeeded, output }: EapolResult): void {
      expect(succeeded, output.slice(-3_000)).toBe(true);
    }

    it.each(METHODS)("%s lets in without a second factor, with the keys of the tunnel", async (method) => {
      const mark = await bench.mark();
      expectSuccess(await login("plain", method, { identity: innerName(0) }));
      expect(await bench.endsSince(mark)).toEqual(["plain SUCCESS_MFA_NOT_REQUIRED"]);
    });

    it.each(METHODS)(
      "%s waits for whom the target named in the tunnel; approved, the keys still fit",
      async (method) => {
        const user = innerName(method === "PEAP" ? 1 : 2);
        const mark = await bench.mark();
        const pending = login("held", method, { identity: user });
        expect((await bench.waiting(OUTER_NAME)).provenName).toBe(user);
        await sleepMs(HOLD_MS);
        await bench.answer(OUTER_NAME, true);
        expectSuccess(await pending);
        expect(await bench.endsSince(mark)).toEqual(["held SUCCESS_MANUAL"]);
      },
    );

    it("ends in EAP-Failure when it is denied", async () => {
      const mark = await bench.mark();
      const pending = login("held", "PEAP", { identity: innerName(3) });
      await bench.answer(OUTER_NAME, false);
      const { succeeded, output } = await pending;
      expect(succeeded).toBe(false);
      expect(output).toContain("EAP: Received EAP-Failure");
      expect(await bench.endsSince(mark)).toEqual(["held FAILED_MANUAL_DENIED"]);
    });

    it.each([
      ["whose name the target does not tell", "held", { identity: UNNAMED }, "FAILED_IDENTITY_UNPROVEN"],
      [
        "who calls herself another user outside, which the target repeats",
        "held",
        { identity: UNNAMED, outerIdentity: innerName(5) },
        "FAILED_IDENTITY_UNPROVEN",
      ],
      ["who could only type a code", "code", { identity: innerName(4) }, "FAILED_PROMPT_NOT_POSSIBLE"],
    ] as const)("lets nobody in %s", async (_who, client, user, resultCode) => {
      const mark = await bench.mark();
      const { succeeded, output } = await login(client, "TTLS", user);
      expect(succeeded).toBe(false);
      expect(output).toContain("EAP: Received EAP-Failure");
      expect(await bench.endsSince(mark)).toEqual([`${client} ${resultCode}`]);
    });

    it("believes the same name outside and inside where the target is said to name only whom it has proven", async () => {
      const mark = await bench.mark();
      const user = innerName(6);
      const pending = login("named", "PEAP", { identity: user, outerIdentity: user });
      await bench.answer(user, true);
      expectSuccess(await pending);
      expect(await bench.endsSince(mark)).toEqual(["named SUCCESS_MANUAL"]);
    });
  });
}
