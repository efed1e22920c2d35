import type { DeviceClient } from "@portcullis/device-client";
import { eventually } from "@portcullis/testkit";
import { describe, expect, it } from "vitest";
import { EndedLogins } from "../harness/ended-logins.js";
import { challengeOf, type Nas, outcomeOf } from "../harness/nas.js";
import type { ProductUnderTest } from "../harness/product-under-test.js";
import { type CLIENTS, PASSWORD, PIN } from "./devices-configuration.js";
import { asked, nasOf, newDevice } from "./people.js";

/** Logins that are answered in the app. */
export function describePush(bench: () => ProductUnderTest): void {
  describe("a login that is answered in the app", () => {
    const nas = (client: keyof typeof CLIENTS): Nas => nasOf(bench(), client);
    const deviceOf = (user: string): Promise<DeviceClient> => newDevice(bench(), user);

    async function endsOf(work: () => Promise<void>): Promise<readonly string[]> {
      const ended = new EndedLogins(bench());
      const mark = await ended.mark();
      await work();
      return ended.since(mark);
    }

    it("lets in who approves", async () => {
      const device = await deviceOf("ada");
      const ends = await endsOf(async () => {
        const login = nas("push").password("CORP\\Ada", PASSWORD);
        const { challengeId, attempt, userName, application } = await asked(device);
        expect([userName, application]).toEqual(["CORP\\Ada", "push"]);
        const outcome = await device.answer(challengeId, { word: "approve", attempt });
        expect(outcome).toEqual({ outcome: "closed", result: "approved" });
        expect(outcomeOf(await login)).toBe("accept");
      });
      expect(ends).toEqual(["push SUCCESS_PHONE_APP_AUTHENTICATED"]);
    });

    it("lets nobody in who denies on one device and approves on another", async () => {
      const [one, other] = [await deviceOf("dan"), await deviceOf("dan")];
      const ends = await endsOf(async () => {
        const login = nas("push").password("dan", PASSWORD);
        const { challengeId, attempt } = await asked(one);
        expect(await asked(other)).toMatchObject({ challengeId });
        expect(await one.answer(challengeId, { word: "deny", attempt })).toMatchObject({ result: "denied" });
        await expect(other.answer(challengeId, { word: "approve", attempt })).rejects.toMatchObject({ status: 410 });
        expect(outcomeOf(await login)).toBe("reject");
      });
      expect(ends).toEqual(["push FAILED_PHONE_APP_DENIED"]);
    });

    it("asks again after a wrong PIN", async () => {
      const device = await deviceOf("pia");
      const ends = await endsOf(async () => {
        const login = nas("push").password("pia", PASSWORD);
        const { challengeId, attempt, asksPin } = await asked(device);
        expect(asksPin).toBe(true);
        const wrong = await device.answer(challengeId, { word: "approve", attempt, pin: "1111" });
        expect(wrong).toEqual({ outcome: "again", attempt: 2, notice: "pin-wrong" });
        const right = await device.answer(challengeId, { word: "approve", attempt: 2, pin: PIN });
        expect(right).toEqual({ outcome: "closed", result: "approved" });
        expect(outcomeOf(await login)).toBe("accept");
      });
      expect(ends).toHaveLength(1);
      expect(ends[0]).toMatch(/^push SUCCESS_/);
    });

    it("keeps a report of fraud, blocks the user and lets nobody in", async () => {
      const device = await deviceOf("fay");
      const login = nas("push").password("fay", PASSWORD);
      const { challengeId, attempt, loginId } = await asked(device);
      const outcome = await device.answer(challengeId, { word: "fraud", attempt });
      expect(outcome).toEqual({ outcome: "fraud-reported" });
      expect(outcomeOf(await login)).toBe("reject");
      const fraud = (path: string) => bench().call("fraud-reporter", `/internal/${path}?user=fay`);
      await eventually(async () => (await fraud("fraud-reports")).body.includes(loginId), { what: "it is listed" });
      await eventually(async () => (await fraud("blocks")).body.includes('"fay"'), { what: "fay is blocked" });
      const ends = () =>
        bench()
          .logged()
          .filter((line) => line.includes('"login.decided"') && line.includes(loginId));
      await eventually(() => ends().length > 0, { what: "the login has ended" });
      expect(ends()[0]).toContain('"FAILED_FRAUD_REPORTED"');
    });

    it("takes the codes of the device at a prompt, once", async () => {
      const device = await deviceOf("ida");
      const code = device.code();
      const ends = await endsOf(async () => {
        const challenge = challengeOf(await nas("codes").password("ida", PASSWORD));
        expect(outcomeOf(await nas("codes").answer("ida", challenge, code))).toBe("accept");
      });
      expect(ends).toEqual(["codes SUCCESS_OATH_CODE_VERIFIED"]);
    });

    it("rejects at once whom nobody can ask", async () => {
      const startedAt = performance.now();
      expect(outcomeOf(await nas("push").password("tom", PASSWORD))).toBe("reject");
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    });
  });
}
