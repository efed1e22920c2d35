import { AttributeType } from "@portcullis/radius";
import { sleepMs } from "@portcullis/testkit";
import { describe, expect, it } from "vitest";
import { outcomeOf } from "../harness/nas.js";
import { type Ended, portcullis } from "../harness/portcullis.js";
import { readReply, station } from "./attributes.js";
import { PATIENT, type TargetBench } from "./target-bench.js";
import { HURRIED_SECONDS, PASSWORD, TUNNEL_PASSWORD, userName } from "./target-configuration.js";

/** Long enough for a second exchange to have found the login that waits. */
const JOIN_MS = 1_500;
/** A client that gives up before the answer comes. */
const IMPATIENT = { intervalMs: 1_000, tries: 7 } as const;

/** Accepts of the target that wait for an operator. Users 10 to 19. */
export function describeHeld(bench: TargetBench): void {
  describe("a held Accept", () => {
    function ask(...args: string[]): Promise<Ended> {
      const [reach = []] = bench.product.reach("challenge-orchestrator");
      return portcullis(["answer", ...args, ...reach]);
    }

    it("is sent when it is approved; retransmissions wait with it", async () => {
      const nas = bench.nas("held");
      const mark = await bench.mark();
      const pending = nas.with(PATIENT).password(userName(10), PASSWORD, station("pc-10"));
      expect(await bench.waiting(userName(10))).toMatchObject({ client: "held", station: "pc-10" });
      await sleepMs(3_000);
      await bench.answer(userName(10), true);
      const result = await pending;
      const reply = readReply(result, nas);
      expect([reply.outcome, reply.text(AttributeType.TunnelPassword)]).toEqual(["accept", `\u0001${TUNNEL_PASSWORD}`]);
      expect(result.attempts).toBeGreaterThan(2);
      expect(await bench.endsSince(mark)).toEqual(["held SUCCESS_MANUAL"]);
      expect((await bench.held()).map((each) => each.userName)).not.toContain(userName(10));
    });

    it("goes to the newest exchange of a client that asks anew; the older one hears nothing", async () => {
      const mark = await bench.mark();
      const older = bench.nas("held").with(IMPATIENT).password(userName(11), PASSWORD, station("pc-11"));
      await bench.waiting(userName(11));
      const newer = bench.nas("held").with(PATIENT).password(userName(11), PASSWORD, station("pc-11"));
      await sleepMs(JOIN_MS);
      expect((await bench.held()).filter((each) => each.userName === userName(11))).toHaveLength(1);
      await bench.answer(userName(11), true);
      expect([outcomeOf(await newer), outcomeOf(await older)]).toEqual(["accept", "timeout"]);
      expect(await bench.endsSince(mark)).toEqual(["held SUCCESS_MANUAL"]);
    });

    it("is joined at the second gateway, by the same packet and by a new one", async () => {
      const mark = await bench.mark();
      const [first, second] = [bench.nas("held", 0), bench.nas("held", 1)];
      const packet = first.build(userName(12), PASSWORD, station("pc-12"));
      const same = [first, second].map((nas) => nas.with(PATIENT).send(packet));
      await bench.waiting(userName(12));
      await sleepMs(JOIN_MS);
      await bench.answer(userName(12), true);
      const outcomes = (await Promise.all(same)).map(outcomeOf);
      expect(outcomes).toEqual(["accept", "accept"]);
      const at = first.with(IMPATIENT).password(userName(13), PASSWORD, station("pc-13"));
      await bench.waiting(userName(13));
      const anew = second.with(PATIENT).password(userName(13), PASSWORD, station("pc-13"));
      await sleepMs(JOIN_MS);
      await bench.answer(userName(13), true);
      expect([outcomeOf(await anew), outcomeOf(await at)]).toEqual(["accept", "timeout"]);
      expect(await bench.endsSince(mark, 2)).toEqual(["held SUCCESS_MANUAL", "held SUCCESS_MANUAL"]);
    });

    it("becomes a reject when it is denied", async () => {
      const nas = bench.nas("held");
      const mark = await bench.mark();
      const pending = nas.with(PATIENT).password(userName(14), PASSWORD, station("pc-14"));
      await bench.answer(userName(14), false);
      const reply = readReply(await pending, nas);
      expect([reply.outcome, reply.has(AttributeType.TunnelPassword)]).toEqual(["reject", false]);
      expect([reply.has(AttributeType.Class), reply.text(AttributeType.ReplyMessage)]).toEqual([false, ""]);
      expect(await bench.endsSince(mark)).toEqual(["held FAILED_MANUAL_DENIED"]);
    });

    it("becomes a reject at the time limit when nobody answers", async () => {
      const mark = await bench.mark();
      const nas = bench.nas("hurried").with(PATIENT);
      const result = await nas.password(userName(15), PASSWORD, station("pc-15"));
      expect(outcomeOf(result)).toBe("reject");
      expect(result.elapsedMs).toBeGreaterThan(HURRIED_SECONDS * 1_000 - 200);
      expect(await bench.endsSince(mark)).toEqual(["hurried FAILED_CHALLENGE_EXPIRED"]);
    });

    it("is nothing that another password could ride on", async () => {
      const mark = await bench.mark();
      const pending = bench.nas("held").with(PATIENT).password(userName(16), PASSWORD, station("pc-16"));
      await bench.waiting(userName(16));
      expect(outcomeOf(await bench.nas("held").password(userName(16), "wrong", station("pc-16")))).toBe("reject");
      await bench.answer(userName(16), true);
      expect(outcomeOf(await pending)).toBe("accept");
      const ends = await bench.endsSince(mark, 2);
      expect(ends.toSorted()).toEqual(["held FAILED_PRIMARY_REJECTED", "held SUCCESS_MANUAL"]);
    });

    it("gives way to a login with another credential that was proven too, which needs an answer of its own", async () => {
      const mark = await bench.mark();
      const trusting = bench.nas("gatewayAloneHeld");
      const first = trusting.with(PATIENT).password(userName(17), "one", station("pc-17"));
      const { loginId } = await bench.waiting(userName(17));
      const second = trusting.with(PATIENT).password(userName(17), "another", station("pc-17"));
      expect(outcomeOf(await first)).toBe("reject");
      expect((await bench.waiting(userName(17))).loginId).not.toBe(loginId);
      await bench.answer(userName(17), false);
      expect(outcomeOf(await second)).toBe("reject");
      expect((await bench.endsSince(mark, 2)).toSorted()).toEqual([
        "gatewayAloneHeld FAILED_CHALLENGE_SUPERSEDED",
        "gatewayAloneHeld FAILED_MANUAL_DENIED",
      ]);
    });

    it("can neither be joined nor closed from another station", async () => {
      const mark = await bench.mark();
      const pending = bench.nas("held").with(PATIENT).password(userName(18), PASSWORD, station("pc-18"));
      await bench.waiting(userName(18));
      const elsewhere = await bench.nas("held").password(userName(18), PASSWORD, station("elsewhere"));
      expect(outcomeOf(elsewhere)).toBe("reject");
      await bench.answer(userName(18), true);
      expect(outcomeOf(await pending)).toBe("accept");
      const ends = await bench.endsSince(mark, 2);
      expect(ends.toSorted()).toEqual(["held FAILED_PROMPT_OPEN_ELSEWHERE", "held SUCCESS_MANUAL"]);
    });

    it("is listed and answered by portcullis answer", async () => {
      const pending = bench.nas("held").with(PATIENT).password(userName(19), PASSWORD, station("pc-19"));
      const { loginId } = await bench.waiting(userName(19));
      const short = loginId.slice(0, 8);
      const listed = await ask();
      expect(listed.stderr).toBe("");
      expect(listed.stdout).toMatch(/^LOGIN +USER +CLIENT +STATION +WAITING SINCE +TIME LEFT$/m);
      expect(listed.stdout).toMatch(new RegExp(`^${short} +${userName(19)} +held +pc-19 .* \\d+ s$`, "m"));
      const approved = await ask(short, "--approve", "--json");
      expect(JSON.parse(approved.stdout)).toEqual({ loginId, userName: userName(19), client: "held", approved: true });
      expect(outcomeOf(await pending)).toBe("accept");
    });

    it.each([
      ["no login waits", ["--newest", "--deny"], "No login waits"],
      ["none has such an id", ["ffffffffffff", "--deny"], "No login whose id begins with ffffffffffff"],
      ["no answer is given", ["0"], "--approve or --deny"],
      ["no login is named", ["--approve"], "--newest"],
    ])("portcullis answer says that %s", async (_what, args, text) => {
      const { code, stderr } = await ask(...args);
      expect([code, stderr]).toEqual([1, expect.stringContaining(text)]);
    });
  });
}
