import {
  type Attribute,
  AttributeType,
  type ExchangeResult,
  isExchangeFailed,
  textAttribute,
} from "@portcullis/radius";
import { describe, expect, it } from "vitest";
import { challengeOf, codeAt, outcomeOf, wrongCode } from "../harness/nas.js";
import { tokenSecretOf } from "../harness/test-configuration.js";
import type { VpnBench } from "./vpn-bench.js";
import { CLASS, PASSWORD, userName } from "./vpn-configuration.js";

const ECHO = "00000001";
const station = (name: string): readonly Attribute[] => textAttribute(AttributeType.CallingStationId, name);

/** Codes that are typed together with the password. Users 0 to 11. */
export function describeCodes(bench: VpnBench): void {
  const codeOf = (user: string): string => codeAt(tokenSecretOf(user));
  const wrongCodeOf = (user: string): string => wrongCode(tokenSecretOf(user));

  describe("a code behind the password", () => {
    it("lets in at once, the same octets again at the other gateway too, and no second time", async () => {
      const user = userName(0);
      const typed = `${PASSWORD},${codeOf(user)}`;
      const ends = await bench.endsOf(async () => {
        const octets = bench.nas("comma").build(user, typed);
        expect(outcomeOf(await bench.nas("comma").send(octets))).toBe("accept");
        expect(outcomeOf(await bench.nas("comma", 1).send(octets))).toBe("accept");
        expect(outcomeOf(await bench.nas("comma").password(user, typed))).toBe("reject");
      }, 2);
      expect(ends).toEqual(["comma SUCCESS_OATH_CODE_VERIFIED", "comma FAILED_OATH_CODE_DUPLICATE"]);
    });

    it("gets its verdict again when the same station asks in other octets, at whichever gateway", async () => {
      const user = userName(9);
      const typed = `${PASSWORD},${codeOf(user)}`;
      const ends = await bench.endsOf(async () => {
        for (const gateway of [0, 1, 0] as const) {
          expect(outcomeOf(await bench.nas("comma", gateway).password(user, typed, station("192.0.2.7")))).toBe(
            "accept",
          );
        }
        expect(outcomeOf(await bench.nas("comma").password(user, typed, station("192.0.2.8")))).toBe("reject");
      }, 2);
      expect(ends).toEqual(["comma SUCCESS_OATH_CODE_VERIFIED", "comma FAILED_OATH_CODE_DUPLICATE"]);
    });

    it.each([
      ["a wrong code", () => `${PASSWORD},${wrongCodeOf(userName(1))}`, "FAILED_OATH_CODE_INCORRECT"],
      ["a wrong password", () => `wrong horse,${codeOf(userName(1))}`, "FAILED_PRIMARY_REJECTED"],
      ["a code alone", () => `,${codeOf(userName(1))}`, "FAILED_PRIMARY_REJECTED"],
    ])("rejects %s at once", async (_what, typed, resultCode) => {
      const ends = await bench.endsOf(async () => {
        expect(outcomeOf(await bench.nas("comma").password(userName(1), typed()))).toBe("reject");
      });
      expect(ends).toEqual([`comma ${resultCode}`]);
    });

    it("is not needed: the prompt follows, with a text, and what is typed may be seen", async () => {
      const user = userName(2);
      const ends = await bench.endsOf(async () => {
        const challenge = challengeOf(await bench.nas("comma").password(user, PASSWORD));
        expect(Buffer.from(challenge.packet.first(AttributeType.ReplyMessage) ?? []).toString()).toMatch(/code/i);
        expect(Buffer.from(challenge.packet.first(AttributeType.Prompt) ?? []).toString("hex")).toBe(ECHO);
        expect(outcomeOf(await bench.nas("comma").answer(user, challenge, codeOf(user)))).toBe("accept");
      });
      expect(ends).toEqual(["comma SUCCESS_OATH_CODE_VERIFIED"]);
    });

    it("never reaches the target, whose attributes reach the client", async () => {
      const user = userName(3);
      const ends = await bench.endsOf(async () => {
        const reply = await bench.nas("digits").password(user, `${PASSWORD}${codeOf(user)}`);
        expect([outcomeOf(reply), classOf(reply)]).toEqual(["accept", CLASS]);
      });
      expect(ends).toEqual(["digits SUCCESS_OATH_CODE_VERIFIED"]);
    });

    it("gives away nothing of the target's Accept when it is wrong, or not there where nobody can be prompted", async () => {
      const user = userName(4);
      const ends = await bench.endsOf(async () => {
        for (const typed of [`${PASSWORD}${wrongCodeOf(user)}`, PASSWORD]) {
          const reply = await bench.nas("digits").password(user, typed);
          expect([outcomeOf(reply), classOf(reply)]).toEqual(["reject", ""]);
        }
      }, 2);
      expect(ends).toEqual(["digits FAILED_OATH_CODE_INCORRECT", "digits FAILED_PROMPT_NOT_POSSIBLE"]);
    });
  });

  describe("OpenVPN's static challenge", () => {
    const scrv1 = (response: string): string =>
      `SCRV1:${Buffer.from(PASSWORD).toString("base64")}:${Buffer.from(response).toString("base64")}`;

    it("lets in at once with password and code", async () => {
      const user = userName(5);
      const ends = await bench.endsOf(async () => {
        expect(outcomeOf(await bench.nas("openvpn").password(user, scrv1(codeOf(user))))).toBe("accept");
      });
      expect(ends).toEqual(["openvpn SUCCESS_OATH_CODE_VERIFIED"]);
    });

    it.each([
      ["a wrong code", () => scrv1(wrongCodeOf(userName(6))), "FAILED_OATH_CODE_INCORRECT"],
      ["what cannot be read", () => `${scrv1("123456")}=`, "FAILED_REQUEST_INVALID"],
    ])("rejects %s", async (_what, typed, resultCode) => {
      const ends = await bench.endsOf(async () => {
        expect(outcomeOf(await bench.nas("openvpn").password(userName(6), typed()))).toBe("reject");
      });
      expect(ends).toEqual([`openvpn ${resultCode}`]);
    });

    it("prompts when its response was left empty, and a password without it is one", async () => {
      const ends = await bench.endsOf(async () => {
        for (const [user, typed] of [
          [userName(7), scrv1("")],
          [userName(8), PASSWORD],
        ] as const) {
          const challenge = challengeOf(await bench.nas("openvpn").password(user, typed));
          expect(outcomeOf(await bench.nas("openvpn").answer(user, challenge, codeOf(user)))).toBe("accept");
        }
      }, 2);
      expect(ends).toEqual(Array(2).fill("openvpn SUCCESS_OATH_CODE_VERIFIED"));
    });
  });
}

function classOf(result: ExchangeResult): string {
  if (isExchangeFailed(result)) return result.failure;
  return Buffer.from(result.packet.first(AttributeType.Class) ?? []).toString("hex");
}
