import { AttributeType, MicrosoftType } from "@portcullis/radius";
import { describe, expect, it } from "vitest";
import { challengeOf, codeAt, outcomeOf } from "../harness/nas.js";
import { radclient } from "../harness/radclient.js";
import { tokenSecretOf } from "../harness/test-configuration.js";
import { chap, MS_CHAP, msChap2, type ReadReply, readReply, station } from "./attributes.js";
import type { TargetBench } from "./target-bench.js";
import {
  BARRED_MESSAGE,
  CLIENTS,
  PASSWORD,
  REJECT_DELAY_MS,
  SEND_KEY,
  TUNNEL_PASSWORD,
  userName,
} from "./target-configuration.js";

/** Passwords in all their forms, checked by a RADIUS target. Users 0 to 9. */
export function describeFirstFactor(bench: TargetBench): void {
  describe("a RADIUS target checks the first factor", () => {
    function expectTargetsAccept(reply: ReadReply): void {
      expect(reply.outcome).toBe("accept");
      expect([reply.text(AttributeType.ReplyMessage), reply.text(AttributeType.Class)]).toEqual(["Welcome", "class"]);
      expect(reply.text(AttributeType.TunnelPassword)).toBe(`\u0001${TUNNEL_PASSWORD}`);
      expect(reply.microsoft(MicrosoftType.MppeSendKey)).toBe(SEND_KEY);
    }

    it("accepts a password with all that the target says, hidden again for the client", async () => {
      const nas = bench.nas("plain");
      const mark = await bench.mark();
      expectTargetsAccept(readReply(await nas.password(userName(0), PASSWORD, station("pc-0")), nas));
      expect(await bench.endsSince(mark)).toEqual(["plain SUCCESS_MFA_NOT_REQUIRED"]);
    });

    it("accepts password and code with all that the target said before the prompt", async () => {
      const nas = bench.nas("code");
      const user = userName(1);
      const mark = await bench.mark();
      const challenge = await nas.password(user, PASSWORD, station("pc-1"));
      expect(readReply(challenge, nas).has(AttributeType.TunnelPassword)).toBe(false);
      const state = challengeOf(challenge).packet.first(AttributeType.State) ?? new Uint8Array();
      const answer = [...station("pc-1"), { type: AttributeType.State, value: state }];
      expectTargetsAccept(readReply(await nas.password(user, codeAt(tokenSecretOf(user)), answer), nas));
      expect(await bench.endsSince(mark)).toEqual(["code SUCCESS_OATH_CODE_VERIFIED"]);
    });

    it("passes the target's reject at once, with what it says", async () => {
      const nas = bench.nas("plain");
      const mark = await bench.mark();
      const reply = readReply(await nas.with({ tries: 30 }).password("barred", "x", station("pc-2")), nas);
      expect([reply.outcome, reply.text(AttributeType.ReplyMessage)]).toEqual(["reject", BARRED_MESSAGE]);
      expect(reply.elapsedMs).toBeLessThan(REJECT_DELAY_MS - 1_000);
      expect(await bench.endsSince(mark)).toEqual(["plain FAILED_PRIMARY_REJECTED"]);
    });

    it("passes CHAP", async () => {
      const nas = bench.nas("plain");
      const mark = await bench.mark();
      const user = userName(2);
      const good = await nas.raw({ userName: user, attributes: [...chap(PASSWORD), ...station("pc-3")] });
      expectTargetsAccept(readReply(good, nas));
      const bad = await nas.raw({ userName: user, attributes: [...chap("wrong"), ...station("pc-3")] });
      expect(readReply(bad, nas).outcome).toBe("reject");
      const ends = await bench.endsSince(mark, 2);
      expect(ends.toSorted()).toEqual(["plain FAILED_PRIMARY_REJECTED", "plain SUCCESS_MFA_NOT_REQUIRED"]);
    });

    it("passes MS-CHAPv2 with its success and its keys", async () => {
      const nas = bench.nas("plain");
      const mark = await bench.mark();
      const request = { userName: MS_CHAP.user, attributes: [...msChap2(), ...station("pc-4")] };
      const reply = readReply(await nas.raw(request), nas);
      expect(reply.outcome).toBe("accept");
      const success = Buffer.from(reply.microsoft(MicrosoftType.Chap2Success), "hex").toString();
      expect(success).toContain(MS_CHAP.success);
      expect(reply.microsoft(MicrosoftType.MppeSendKey)).toBe(MS_CHAP.sendKey);
      expect(await bench.endsSince(mark)).toEqual(["plain SUCCESS_MFA_NOT_REQUIRED"]);
    });

    it.each([
      ["CHAP", userName(3), () => chap(PASSWORD)],
      ["MS-CHAPv2", MS_CHAP.user, msChap2],
    ])("rejects %s at once where only a code would do, which it has no way for", async (what, user, proof) => {
      const nas = bench.nas("code");
      const mark = await bench.mark();
      const reply = readReply(await nas.raw({ userName: user, attributes: [...proof(), ...station("pc-5")] }), nas);
      expect(reply.outcome).toBe("reject");
      expectMsChapError(reply, what === "MS-CHAPv2");
      expect(await bench.endsSince(mark)).toEqual(["code FAILED_PROMPT_NOT_POSSIBLE"]);
    });

    it.each([
      ["CHAP approved", userName(4), () => chap(PASSWORD), true],
      ["CHAP denied", userName(5), () => chap(PASSWORD), false],
      ["MS-CHAPv2 approved", MS_CHAP.user, msChap2, true],
      ["MS-CHAPv2 denied", MS_CHAP.user, msChap2, false],
    ])("holds what needs no prompt: %s", async (what, user, proof, approved) => {
      const nas = bench.nas("held");
      const mark = await bench.mark();
      const attributes = [...proof(), ...station(`pc-6 ${what}`)];
      const pending = nas.with({ tries: 30 }).raw({ userName: user, attributes });
      await bench.answer(user, approved);
      const reply = readReply(await pending, nas);
      expect(reply.outcome).toBe(approved ? "accept" : "reject");
      expectMsChapError(reply, what === "MS-CHAPv2 denied");
      expect(reply.microsoft(MicrosoftType.MppeSendKey) === "").toBe(!approved);
      expect(reply.has(AttributeType.TunnelPassword)).toBe(approved && what.startsWith("CHAP"));
      expect(await bench.endsSince(mark)).toEqual([approved ? "held SUCCESS_MANUAL" : "held FAILED_MANUAL_DENIED"]);
    });

    it("answers FreeRADIUS' own client, which reads what is hidden, and a FreeRADIUS that stands in front", async () => {
      const input = [`User-Name = ${userName(6)}`, `User-Password = "${PASSWORD}"`, "Proxy-State = 0x6162"];
      const direct = { port: bench.product.ports[0], secret: CLIENTS.radclient.secret };
      const front = await bench.startProxy("front");
      const mark = await bench.mark();
      const proxied = { port: front.port, secret: "secret-of-the-target" };
      for (const server of [direct, proxied]) {
        const { reply, output } = await radclient(server, input);
        expect(reply, output).toBe("Access-Accept");
        expect(output).toContain(`Tunnel-Password:1 = "${TUNNEL_PASSWORD}"`);
        expect(output).toContain("Proxy-State = 0x6162");
      }
      const { reply } = await radclient(proxied, [`User-Name = ${userName(6)}`, "User-Password = wrong"]);
      expect(reply).toBe("Access-Reject");
      expect((await bench.endsSince(mark, 3)).toSorted()).toEqual([
        "front FAILED_PRIMARY_REJECTED",
        "front SUCCESS_MFA_NOT_REQUIRED",
        "radclient SUCCESS_MFA_NOT_REQUIRED",
      ]);
    });

    it("never gets the answer to a prompt of ours: the password again is a wrong code", async () => {
      const nas = bench.nas("code");
      const user = userName(7);
      const mark = await bench.mark();
      const first = challengeOf(await nas.password(user, PASSWORD));
      const second = challengeOf(await nas.answer(user, first, PASSWORD));
      expect(outcomeOf(await nas.answer(user, second, codeAt(tokenSecretOf(user))))).toBe("accept");
      expect(await bench.endsSince(mark)).toEqual(["code SUCCESS_OATH_CODE_VERIFIED"]);
    });
  });
}

function expectMsChapError(reply: ReadReply, there: boolean): void {
  const error = Buffer.from(reply.microsoft(MicrosoftType.ChapError), "hex").subarray(1).toString();
  if (there) expect(error).toMatch(/^E=691 R=0 C=[0-9A-F]{32} V=3/);
  else expect(error).toBe("");
}
