import { type Attribute, type ExchangeResult, isExchangeFailed, VendorId, vendorAttribute } from "@portcullis/radius";
import { describe, expect, it } from "vitest";
import { outcomeOf } from "../harness/nas.js";
import type { VpnBench } from "./vpn-bench.js";
import {
  ACCESS_LIST,
  ACCESS_LIST_LINE,
  type ClientName,
  FOREIGN_PASSWORD,
  FOREIGN_USER,
  PASSWORD,
  userName,
} from "./vpn-configuration.js";

const AV_PAIR = 1;

/** What a Cisco ASA asks for besides logins, and passwords in another charset. User 12. */
export function describeAccessLists(bench: VpnBench): void {
  describe("access lists", () => {
    const avPair = (text: string): Attribute => vendorAttribute(VendorId.Cisco, AV_PAIR, Buffer.from(text));
    const download = [avPair("aaa:service=ip_admission"), avPair("aaa:event=acl-download")];

    it("come from the target without a second factor", async () => {
      const ends = await bench.endsOf(async () => {
        const reply = await bench.nas("asa").raw({ userName: ACCESS_LIST, attributes: download });
        expect([outcomeOf(reply), accessListIn(reply)]).toEqual(["accept", ACCESS_LIST_LINE]);
      });
      expect(ends).toEqual(["asa SUCCESS_ACL_DOWNLOAD"]);
    });

    it.each<[string, ClientName, string, readonly Attribute[], string | undefined]>([
      ["of a client that may have none", "plain", ACCESS_LIST, download, undefined],
      ["where the target is none that has them", "latin", ACCESS_LIST, download, undefined],
      ["without the event: a user who calls herself so", "asa", ACCESS_LIST, [], PASSWORD],
      ["in other letters", "asa", ACCESS_LIST.toLowerCase(), download, undefined],
      ["with the name of a user behind it", "asa", `#ACSACL#\\${userName(12)}`, download, PASSWORD],
    ])("are refused %s, whatever the target would say", async (_what, client, name, attributes, password) => {
      const ends = await bench.endsOf(async () => {
        const request = { userName: name, attributes, ...(password !== undefined && { password }) };
        const reply = await bench.nas(client).raw(request);
        expect([outcomeOf(reply), accessListIn(reply)]).toEqual(["reject", undefined]);
      });
      expect(ends).toEqual([`${client} FAILED_REQUEST_INVALID`]);
    });

    it("are no way around the second factor: their event says nothing with the name of a user", async () => {
      const reply = await bench.nas("asa").password(userName(12), PASSWORD, download);
      expect(outcomeOf(reply)).toBe("challenge");
    });
  });

  describe("a password in another charset", () => {
    it.each(["valid", "omitted"] as const)("is right for a client that has it, %s signature", async (signature) => {
      const password = Buffer.from(FOREIGN_PASSWORD, "latin1");
      const request = { userName: FOREIGN_USER, password, messageAuthenticator: signature };
      expect(outcomeOf(await bench.nas("latin").raw(request))).toBe("accept");
    });

    it("is right in UTF-8 too, and wrong when it is another one", async () => {
      expect(outcomeOf(await bench.nas("latin").password(FOREIGN_USER, FOREIGN_PASSWORD))).toBe("accept");
      const password = Buffer.from(FOREIGN_PASSWORD.replace("ä", "ö"), "latin1");
      expect(outcomeOf(await bench.nas("latin").raw({ userName: FOREIGN_USER, password }))).toBe("reject");
    });

    it("is wrong for a client that has UTF-8 only", async () => {
      const password = Buffer.from(FOREIGN_PASSWORD, "latin1");
      expect(outcomeOf(await bench.nas("comma").raw({ userName: FOREIGN_USER, password }))).toBe("reject");
    });
  });
}

function accessListIn(result: ExchangeResult): string | undefined {
  if (isExchangeFailed(result)) return result.failure;
  const value = result.packet.firstVendor(VendorId.Cisco, AV_PAIR);
  return value && Buffer.from(value).toString();
}
