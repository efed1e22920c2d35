import { AttributeType } from "@portcullis/radius";
import { sleepMs } from "@portcullis/testkit";
import { describe, expect, it } from "vitest";
import { outcomeOf } from "../harness/nas.js";
import { readReply, station } from "./attributes.js";
import { PATIENT, type TargetBench } from "./target-bench.js";
import { HURRIED_SECONDS, PASSWORD, userName } from "./target-configuration.js";

const DOWN_MS = 1_000;

/** Servers of a target that are away, or send back to us. Users 25 to 29. */
export function describeServers(bench: TargetBench): void {
  describe("the servers of a target", () => {
    it("are asked in their order: the next one when the first one is dead", async () => {
      const nas = bench.nas("failover");
      const mark = await bench.mark();
      const result = await nas.with(PATIENT).password(userName(25), PASSWORD, station("pc-25"));
      expect(readReply(result, nas).outcome).toBe("accept");
      expect(await bench.endsSince(mark)).toEqual(["failover SUCCESS_MFA_NOT_REQUIRED"]);
    });

    it("are all away: nobody is answered, and the audit says why", async () => {
      const mark = await bench.mark();
      const result = await bench.nas("dead").password(userName(27), PASSWORD, station("pc-27"));
      expect(outcomeOf(result)).toBe("timeout");
      expect(await bench.endsSince(mark)).toEqual(["dead FAILED_TARGET_UNAVAILABLE"]);
    });

    it("are all away: a client that wants to be told is rejected at its time limit", async () => {
      const mark = await bench.mark();
      const nas = bench.nas("deadRejected");
      const result = await nas.with(PATIENT).password(userName(27), PASSWORD, station("pc-27"));
      const reply = readReply(result, nas);
      expect([reply.outcome, reply.text(AttributeType.ReplyMessage)]).toEqual([
        "reject",
        "Sign-in is not possible now. Try again later.",
      ]);
      expect(result.elapsedMs).toBeGreaterThan(HURRIED_SECONDS * 1_000 - 200);
      expect(result.elapsedMs).toBeLessThan(HURRIED_SECONDS * 1_000 + 3_000);
      expect(await bench.endsSince(mark)).toEqual(["deadRejected FAILED_TARGET_UNAVAILABLE"]);
    });

    it("send back to us what they get from us: refused on both ways, and seen", async () => {
      await bench.startCircle();
      const mark = await bench.mark();
      const nas = bench.nas("circle");
      const result = await nas.with(PATIENT).password(userName(28), PASSWORD, station("pc-28"));
      expect(readReply(result, nas).outcome).toBe("reject");
      expect(result.elapsedMs).toBeLessThan(5_000);
      const ends = await bench.endsSince(mark, 2);
      expect(ends.toSorted()).toEqual(["circle FAILED_LOOP_DETECTED", "circleBack FAILED_LOOP_DETECTED"]);
      const lines = bench.product.logged().filter((line) => line.includes("FAILED_LOOP_DETECTED"));
      expect(lines.map((line) => (JSON.parse(line) as { level: number }).level)).toContain(40);
    });

    it("are asked again while the client waits: a restart of the only one loses no login", async () => {
      const nas = bench.nas("plain");
      const mark = await bench.mark();
      await bench.freeradius.kill();
      const pending = nas.with(PATIENT).password(userName(29), PASSWORD, station("pc-29"));
      await sleepMs(DOWN_MS);
      await bench.freeradius.restart();
      expect(readReply(await pending, nas).outcome).toBe("accept");
      expect(await bench.endsSince(mark)).toEqual(["plain SUCCESS_MFA_NOT_REQUIRED"]);
    });
  });
}
