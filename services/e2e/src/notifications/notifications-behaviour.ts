import { eventually } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { challengeOf, Nas, outcomeOf } from "../harness/nas.js";
import type { ProductUnderTest, StartProduct } from "../harness/product-under-test.js";
import { ADDRESS, notificationsConfiguration, PASSWORD, PIN, SECRET } from "./notifications-configuration.js";
import { Phones } from "./phones.js";

/** As long as a person may take: a client that waits asks again with the same packet. */
const PATIENT = { intervalMs: 2_000, tries: 20 } as const;
const SLOW = 90_000;

/** Logins by call and text, from the packet to the phone and back, whatever the mode. */
export function describeNotifications(mode: string, start: StartProduct): void {
  describe(`calls and texts, ${mode}`, () => {
    let product: ProductUnderTest;
    let phones: Phones;

    beforeAll(async () => {
      product = await start({ configuration: (listen) => notificationsConfiguration(listen), usersFile: "" });
      phones = new Phones(product);
    }, 120_000);
    afterAll(() => product?.stop(), 60_000);

    const nas = (gateway: 0 | 1 = 0) =>
      new Nas({ address: ADDRESS, secret: SECRET, port: product.ports[gateway], ...PATIENT });
    const password = async (user: string) => outcomeOf(await nas().password(user, PASSWORD));

    /** Runs a login and what people do meanwhile. @returns its outcome and its result code */
    async function login(user: string, meanwhile: () => Promise<void>): Promise<string[]> {
      const before = ends();
      const [outcome] = await Promise.all([password(user), meanwhile()]);
      return [outcome, ...(await endsSince(before))];
    }

    /** Result codes of the logins that have ended, by login. */
    function ends(): ReadonlyMap<string, string> {
      const lines = product.logged().filter((line) => line.includes('"login.decided"'));
      const decided = lines.map((line) => JSON.parse(line) as { loginId: string; resultCode: string });
      return new Map(decided.map(({ loginId, resultCode }) => [loginId, resultCode]));
    }

    async function endsSince(before: ReadonlyMap<string, string>): Promise<string[]> {
      const since = () => [...ends()].filter(([loginId]) => !before.has(loginId)).map(([, resultCode]) => resultCode);
      await eventually(() => since().length > 0, { what: "the login's end", timeoutMs: 20_000, everyMs: 100 });
      return since();
    }

    it("a call that is answered by # lets in", { timeout: SLOW }, async () => {
      const outcome = await login("vera", async () => {
        const { stdout } = await phones.call("+49301234501", "--press", "#");
        expect(stdout).toContain("Your sign-in has been approved.");
      });
      expect(outcome).toEqual(["accept", "SUCCESS_NO_PIN"]);
      expect(await phones.entriesTo("+49301234501")).toHaveLength(1);
    });

    it("a call asks for a PIN, and again in the same call when it was wrong", { timeout: SLOW }, async () => {
      const outcome = await login("paul", async () => {
        const first = await phones.call("+49301234502", "--press", "1111#");
        expect(first.stdout).toContain("That PIN was not correct.");
        const second = await phones.call("+49301234502", "--press", `${PIN}#`);
        expect(second.stdout).toContain("approved");
        expect(`${first.stdout}${second.stdout}`).not.toContain(PIN);
      });
      expect(outcome).toEqual(["accept", "SUCCESS_WITH_PIN"]);
      expect(await phones.entriesTo("+49301234502")).toHaveLength(1);
    });

    it("a busy first number is followed by the backup and its extension", { timeout: SLOW }, async () => {
      const outcome = await login("beth", async () => {
        await phones.call("+49301234504", "--busy");
        const { stdout } = await phones.call("+49301234505 x12", "--press", "#");
        expect(stdout).toContain("Ihre Anmeldung ist bestätigt.");
      });
      expect(outcome).toEqual(["accept", "SUCCESS_NO_PIN"]);
    });

    it("who hangs up is not let in", { timeout: SLOW }, async () => {
      const outcome = await login("hugo", async () => void (await phones.call("+49301234506", "--hang-up")));
      expect(outcome).toEqual(["reject", "FAILED_PHONE_HUNG_UP"]);
    });

    it("0# reports fraud: rejected, blocked, and the list is mailed once", { timeout: SLOW }, async () => {
      const outcome = await login("fred", async () => {
        const { stdout } = await phones.call("+49301234503", "--press", "0#");
        expect(stdout).toContain("reported as fraud");
      });
      expect(outcome).toEqual(["reject", "FAILED_FRAUD_REPORTED"]);
      const mail = await phones.wait("a mail", ({ kind }) => kind === "mail");
      expect(mail).toMatchObject({ to: "security@corp.example", subject: "Fraud reported: fred at Corp VPN" });
      expect(await phones.entriesTo("security@corp.example")).toHaveLength(1);
      const before = ends();
      expect(await password("fred")).toBe("reject");
      expect(await endsSince(before)).toEqual(["FAILED_USER_BLOCKED"]);
      expect(await phones.entriesTo("+49301234503")).toHaveLength(1);
    });

    it("a text has the code for the prompt; the other gateway takes it", { timeout: SLOW }, async () => {
      const before = ends();
      const challenge = challengeOf(await nas().password("otto", PASSWORD));
      const code = await phones.codeTo("+49301234507");
      const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
      const again = challengeOf(await nas().answer("otto", challenge, wrong));
      expect(outcomeOf(await nas(1).answer("otto", again, code))).toBe("accept");
      expect(await endsSince(before)).toEqual(["SUCCESS_SMS_AUTHENTICATED"]);
      expect(await phones.entriesTo("+49301234507")).toHaveLength(1);
    });

    it("a reply by text lets in; a wrong one gets a new text with the same code", { timeout: SLOW }, async () => {
      const outcome = await login("tina", async () => {
        const code = await phones.codeTo("+49301234508");
        const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
        expect((await phones.reply("+49301234508", wrong)).code).toBe(0);
        const again = ({ to, lines }: { to: string; lines: readonly string[] }) =>
          to === "+49301234508" && (lines[0] ?? "").includes("Your last reply was not correct.");
        const second = await phones.wait("a second text", again);
        expect(second.lines[0]?.startsWith(code)).toBe(true);
        expect((await phones.reply("+49301234508", code)).code).toBe(0);
      });
      expect(outcome).toEqual(["accept", "SUCCESS_SMS_AUTHENTICATED"]);
      // It is answered: what comes later belongs to nobody.
      expect((await phones.reply("+49301234508", "000000")).code).toBe(1);
    });

    it("0 by text reports fraud", { timeout: SLOW }, async () => {
      const outcome = await login("tom", async () => {
        await phones.codeTo("+49301234509");
        expect((await phones.reply("+49301234509", "0")).code).toBe(0);
      });
      expect(outcome).toEqual(["reject", "FAILED_FRAUD_REPORTED"]);
    });

    it("has no code, no PIN and no number in any log", async () => {
      const codes = await Promise.all(["+49301234507", "+49301234508", "+49301234509"].map((to) => phones.codeTo(to)));
      const log = product
        .logged()
        .filter((line) => line.startsWith("{"))
        .join("\n");
      expect(log).toContain("login.decided");
      for (const secret of [...codes.map((code) => `"${code}`), PIN, "30123450"]) expect(log).not.toContain(secret);
    });
  });
}
