import { describe, expect, it } from "vitest";
import { md4 } from "./md4.js";
import { authenticatorResponse, mppeSendKey, ntPasswordHash, ntResponse } from "./ms-chap.js";

/** RFC 2759 section 9.2, RFC 3079 section 3.5.3. */
const EXCHANGE = {
  userName: "User",
  password: "clientPass",
  challenge: Buffer.from("5B5D7C7D7B3F2F3E3C2C602132262628", "hex"),
  peerChallenge: Buffer.from("21402324255E262A28295F2B3A337C7E", "hex"),
};

describe("MS-CHAPv2 of the tests", () => {
  it.each([
    ["", "31d6cfe0d16ae931b73c59d7e0c089c0"],
    ["message digest", "d9130a8164549fe818874806e1c7014b"],
    [
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "e33b4ddc9c38f2199c3e7b164fcc0536",
    ],
  ])("hashes %j as RFC 1320 does", (text, digest) => {
    expect(md4(Buffer.from(text)).toString("hex")).toBe(digest);
  });

  it("computes what RFC 2759 and RFC 3079 have", () => {
    expect(ntPasswordHash(EXCHANGE.password).toString("hex")).toBe("44ebba8d5312b8d611474411f56989ae");
    expect(ntResponse(EXCHANGE).toString("hex")).toBe("82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df");
    expect(authenticatorResponse(EXCHANGE)).toBe("S=407A5589115FD0D6209F510FE9C04566932CDA56");
    expect(mppeSendKey(EXCHANGE).toString("hex")).toBe("8b7cdc149b993a1ba118cb153f56dccb");
  });
});
