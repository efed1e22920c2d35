import { type Attribute, AttributeType, MicrosoftType } from "@portcullis/radius";
import { describe, expect, it } from "vitest";
import { type ReadReply, readReply, station } from "./attributes.js";
import { changePassword, msChapLogin, type PasswordChange } from "./password-change.js";
import { PATIENT, type TargetBench } from "./target-bench.js";
import { expiredName, PASSWORD } from "./target-configuration.js";

const NEW_PASSWORD = "even more correct horse";

/** A password that the target calls expired, and the new one that a supplicant of MS-CHAPv2 sends for it. Expired users 0 to 4. */
export function describePasswordChange(bench: TargetBench): void {
  describe("a password that has expired, with MS-CHAPv2", () => {
    async function send(
      client: "plain" | "held",
      { userName, attributes }: { userName: string; attributes: readonly Attribute[] },
    ): Promise<ReadReply> {
      const nas = bench.nas(client).with(PATIENT);
      return readReply(await nas.raw({ userName, attributes: [...attributes, ...station(`pc ${userName}`)] }), nas);
    }

    it("is refused with E=648, and the new one accepted with its own success and keys", async () => {
      const mark = await bench.mark();
      const userName = expiredName(0);
      const refused = await send("plain", { userName, attributes: msChapLogin(userName, PASSWORD) });
      expect(refused.outcome).toBe("reject");
      expect(errorOf(refused)).toMatch(/^E=648 R=\d C=[0-9a-fA-F]{32} V=3 /);

      const change = changePassword(userName, PASSWORD, NEW_PASSWORD);
      expectChanged(await send("plain", { userName, ...change }), change);
      const ends = await bench.endsSince(mark, 2);
      expect(ends.toSorted()).toEqual(["plain FAILED_PRIMARY_REJECTED", "plain SUCCESS_MFA_NOT_REQUIRED"]);
    });

    it("stays when whoever wants another one does not know it", async () => {
      const mark = await bench.mark();
      const userName = expiredName(1);
      const refused = await send("plain", { userName, ...changePassword(userName, "a guess", NEW_PASSWORD) });
      expect(refused.outcome).toBe("reject");
      expect(refused.microsoft(MicrosoftType.MppeSendKey)).toBe("");
      expect(await bench.endsSince(mark)).toEqual(["plain FAILED_PRIMARY_REJECTED"]);
    });

    it.each([
      ["approved", expiredName(2), true],
      ["denied", expiredName(3), false],
    ] as const)("is changed in front of a second factor: %s", async (_how, userName, approved) => {
      const mark = await bench.mark();
      const change = changePassword(userName, PASSWORD, NEW_PASSWORD);
      const pending = send("held", { userName, ...change });
      await bench.answer(userName, approved);
      if (approved) {
        expectChanged(await pending, change);
      } else {
        const denied = await pending;
        expect(denied.outcome).toBe("reject");
        expect(identOf(denied)).toBe(change.ident);
        expect(errorOf(denied)).toMatch(/^E=691 R=0 C=[0-9A-F]{32} V=3 /);
        expect(denied.microsoft(MicrosoftType.MppeSendKey)).toBe("");
      }
      expect(await bench.endsSince(mark)).toEqual([approved ? "held SUCCESS_MANUAL" : "held FAILED_MANUAL_DENIED"]);
    });
  });
}

function expectChanged(reply: ReadReply, change: PasswordChange): void {
  expect(reply.outcome).toBe("accept");
  expect(reply.text(AttributeType.ReplyMessage)).toBe(`Changed to ${NEW_PASSWORD}`);
  const success = Buffer.from(reply.microsoft(MicrosoftType.Chap2Success), "hex");
  expect([success[0], success.subarray(1).toString()]).toEqual([change.ident, change.success]);
  expect(reply.microsoft(MicrosoftType.MppeSendKey)).toBe(change.sendKey);
}

function identOf(reply: ReadReply): number | undefined {
  return Buffer.from(reply.microsoft(MicrosoftType.ChapError), "hex")[0];
}

function errorOf(reply: ReadReply): string {
  return Buffer.from(reply.microsoft(MicrosoftType.ChapError), "hex").subarray(1).toString();
}
