import { eventually } from "@portcullis/testkit";
import { describe, expect, it } from "vitest";
import { outcomeOf } from "../harness/nas.js";
import type { ProductUnderTest } from "../harness/product-under-test.js";
import { PASSWORD } from "./devices-configuration.js";
import { asked, nasOf, newDevice } from "./people.js";

/** What is under way goes on when a replica of mobile is killed. */
export function describeKilledReplica(bench: () => ProductUnderTest): void {
  describe("a replica of mobile that is killed", () => {
    it("takes no challenge and no device with it", async () => {
      const device = await newDevice(bench(), "kim");
      const [first] = bench().processesOf("mobile");
      const login = nasOf(bench(), "push").password("kim", PASSWORD);
      const { challengeId, attempt } = await asked(device);
      await first?.kill();
      try {
        const outcome = await device.answer(challengeId, { word: "approve", attempt });
        expect(["closed", "taken"]).toContain(outcome.outcome);
        expect(outcomeOf(await login)).toBe("accept");
        // The partitions of the dead replica move within the session's time; then the end is shown.
        await eventually(async () => (await device.inbox()).challenges.length === 0, {
          what: "the challenge is gone",
          timeoutMs: 30_000,
        });
      } finally {
        await first?.restart();
      }
      expect(await device.show()).toMatchObject({ userName: "kim" });
    });
  });
}
