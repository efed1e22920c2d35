import { sleepMs } from "@portcullis/testkit";
import { describe, expect, it } from "vitest";
import type { ServiceName } from "../distributed/service-process.js";
import { outcomeOf } from "../harness/nas.js";
import { station } from "./attributes.js";
import { PATIENT, type TargetBench } from "./target-bench.js";
import { PASSWORD, userName } from "./target-configuration.js";

/** Parts of a distributed installation that are killed while an Accept is held. Users 30 to 34. */
export function describeKills(bench: TargetBench): void {
  describe("a held Accept", () => {
    it("is sent by the other gateway, to a retransmission, when its own one was killed", async () => {
      const mark = await bench.mark();
      const [first, second] = [bench.nas("held", 0), bench.nas("held", 1)];
      const packet = first.build(userName(30), PASSWORD, station("pc-30"));
      const lost = first.with({ intervalMs: 500, tries: 3 }).send(packet);
      await bench.waiting(userName(30));
      const [victim] = bench.product.processesOf("radius-gateway");
      await victim?.kill();
      const pending = second.with(PATIENT).send(packet);
      await sleepMs(1_000);
      await bench.answer(userName(30), true);
      expect(outcomeOf(await pending)).toBe("accept");
      expect(["timeout", "unreachable"]).toContain(outcomeOf(await lost));
      await victim?.restart();
      expect(await bench.endsSince(mark)).toEqual(["held SUCCESS_MANUAL"]);
    });

    it.each<[ServiceName, string]>([
      ["challenge-orchestrator", userName(31)],
      ["authn-primary", userName(32)],
    ])("is sent once approved, also when every %s was killed meanwhile", async (service, user) => {
      const mark = await bench.mark();
      const pending = bench.nas("held").with(PATIENT).password(user, PASSWORD, station("pc-31"));
      await bench.waiting(user);
      const victims = bench.product.processesOf(service);
      await Promise.all(victims.map((victim) => victim.kill()));
      await Promise.all(victims.map((victim) => victim.restart()));
      await bench.answer(user, true);
      expect(outcomeOf(await pending)).toBe("accept");
      expect(await bench.endsSince(mark)).toEqual(["held SUCCESS_MANUAL"]);
    });
  });
}
