import { describe, expect, it } from "vitest";
import { rdGateway, readReply } from "./attributes.js";
import { PATIENT, type TargetBench } from "./target-bench.js";
import { userName } from "./target-configuration.js";

/** More than a request takes, less than anybody would wait for a code. */
const AT_ONCE_MS = 3_000;

/** What RD Gateway sends: a name with its domain, no password, and who it is for. Users 20 to 24. */
export function describeRdGateway(bench: TargetBench): void {
  describe("RD Gateway", () => {
    it("is told at once that nobody can type a code there", async () => {
      const nas = bench.nas("gatewayAlone");
      const mark = await bench.mark();
      const attributes = rdGateway("PC-20");
      const reply = readReply(await nas.raw({ userName: `CORP\\${userName(20)}`, attributes }), nas);
      expect(reply.outcome).toBe("reject");
      expect(reply.elapsedMs).toBeLessThan(AT_ONCE_MS);
      expect(await bench.endsSince(mark)).toEqual(["gatewayAlone FAILED_PROMPT_NOT_POSSIBLE"]);
    });

    it("is told the same when NPS or another target has accepted", async () => {
      const nas = bench.nas("code");
      const mark = await bench.mark();
      const attributes = rdGateway("PC-21");
      const reply = readReply(await nas.raw({ userName: `CORP\\${userName(21)}`, attributes }), nas);
      expect(reply.outcome).toBe("reject");
      expect(reply.elapsedMs).toBeLessThan(AT_ONCE_MS);
      expect(await bench.endsSince(mark)).toEqual(["code FAILED_PROMPT_NOT_POSSIBLE"]);
    });

    it.each([
      ["without a target", "gatewayAloneHeld", userName(22), true],
      ["without a target, denied", "gatewayAloneHeld", userName(23), false],
      ["with a RADIUS target", "gatewayProxied", userName(24), true],
    ] as const)("waits for an approval, %s", async (_how, client, user, approved) => {
      const nas = bench.nas(client);
      const mark = await bench.mark();
      const typed = `CORP\\${user}`;
      const pending = nas.with(PATIENT).raw({ userName: typed, attributes: rdGateway("PC-7") });
      expect(await bench.waiting(typed)).toMatchObject({ client, station: "PC-7" });
      await bench.answer(typed, approved);
      expect(readReply(await pending, nas).outcome).toBe(approved ? "accept" : "reject");
      expect(await bench.endsSince(mark)).toEqual([
        `${client} ${approved ? "SUCCESS_MANUAL" : "FAILED_MANUAL_DENIED"}`,
      ]);
    });
  });
}
