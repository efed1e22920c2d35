import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AttributeType, Code, type ReceiveOptions, receiveRequest, SharedSecret } from "./index.js";
import { rawAttribute, rawPacket, signed, withBitTurned } from "./testing/forge.js";

const SECRET = "testing123";
const OPTIONS: ReceiveOptions = {
  secrets: [new SharedSecret(SECRET)],
  requireMessageAuthenticator: true,
  limitProxyState: true,
  allowedCodes: [Code.AccessRequest, Code.StatusServer],
};
const LENIENT: ReceiveOptions = { ...OPTIONS, requireMessageAuthenticator: false };
const ACCOUNTING: ReceiveOptions = { ...OPTIONS, allowedCodes: [Code.AccountingRequest, Code.StatusServer] };

const USER_NAME = rawAttribute(AttributeType.UserName, "alice");
const USER_PASSWORD = rawAttribute(AttributeType.UserPassword, new Uint8Array(16));
const CHAP_PASSWORD = rawAttribute(AttributeType.ChapPassword, new Uint8Array(17));
const ARAP_PASSWORD = rawAttribute(AttributeType.ArapPassword, new Uint8Array(16));
const PROXY_STATE = rawAttribute(AttributeType.ProxyState, "p");
const EAP_IDENTITY = rawAttribute(AttributeType.EapMessage, Uint8Array.of(2, 1, 0, 6, 1, 97));
const PAP = rawPacket(Code.AccessRequest, [USER_NAME, USER_PASSWORD]);

describe("step 3, header", () => {
  it("takes a packet, and one with padding behind Length", () => {
    expect(outcome(signed(PAP, SECRET))).toBe("authenticated");
    expect(outcome(Buffer.concat([signed(PAP, SECRET), Buffer.from("padding")]))).toBe("authenticated");
  });

  it("drops 19 octets and none", () => {
    expect(outcome(PAP.subarray(0, 19))).toBe("too-short");
    expect(outcome(new Uint8Array())).toBe("too-short");
  });

  it.each([0, 19, PAP.length + 1, 4097, 65535])("drops Length %i", (length) => {
    const packet = Buffer.concat([PAP, Buffer.alloc(length > PAP.length + 1 ? 4097 : 0)]);
    packet.writeUInt16BE(length, 2);
    expect(outcome(packet)).toBe("bad-length");
  });

  it("drops a datagram with less than Length", () => {
    expect(outcome(signed(PAP, SECRET).subarray(0, -1))).toBe("bad-length");
  });

  it("takes the longest packet", () => {
    const filler = Array.from({ length: 15 }, () => rawAttribute(AttributeType.Class, new Uint8Array(253)));
    const rest = 4096 - 18 - PAP.length - 15 * 255;
    const packet = rawPacket(Code.AccessRequest, [
      USER_NAME,
      USER_PASSWORD,
      ...filler,
      rawAttribute(AttributeType.Class, new Uint8Array(rest - 2)),
    ]);
    expect(signed(packet, SECRET)).toHaveLength(4096);
    expect(outcome(signed(packet, SECRET))).toBe("authenticated");
  });

  it.each([0, 2, 3, 5, 11, 13, 40, 43, 52, 255])("drops code %i on every port, even if it is listed", (code) => {
    const packet = signed(rawPacket(code, [USER_NAME, USER_PASSWORD]), SECRET);
    const listed = [...OPTIONS.allowedCodes, code] as ReceiveOptions["allowedCodes"];
    expect(outcome(packet)).toBe("code-not-allowed");
    expect(outcome(packet, { ...OPTIONS, allowedCodes: listed })).toBe("code-not-allowed");
  });

  it("drops Accounting-Request on the port of logins and Access-Request on that of accounting", () => {
    expect(outcome(rawPacket(Code.AccountingRequest, []))).toBe("code-not-allowed");
    expect(outcome(signed(PAP, SECRET), ACCOUNTING)).toBe("code-not-allowed");
  });
});

describe("step 4, attributes", () => {
  it.each([
    ["type 0", Uint8Array.of(0, 2), "attribute-type-zero"],
    ["length 0", Uint8Array.of(1, 0), "attribute-length"],
    ["length 1", Uint8Array.of(1, 1), "attribute-length"],
    ["an overrun", Uint8Array.of(1, 3), "attribute-overrun"],
    ["a leftover octet", Uint8Array.of(1), "attribute-overrun"],
  ])("drops %s", (_name, octets, reason) => {
    expect(outcome(signed(rawPacket(Code.AccessRequest, [USER_NAME, USER_PASSWORD, octets]), SECRET))).toBe(reason);
  });

  it("takes 200 attributes and drops 201", () => {
    expect(outcome(signed(rawPacket(Code.AccessRequest, [USER_PASSWORD, ...proxyStates(198)]), SECRET))).toBe(
      "authenticated",
    );
    expect(outcome(signed(rawPacket(Code.AccessRequest, [USER_PASSWORD, ...proxyStates(199)]), SECRET))).toBe(
      "too-many-attributes",
    );
  });

  it.each([0, 15, 17])("drops a Message-Authenticator of %i octets", (length) => {
    const short = rawAttribute(AttributeType.MessageAuthenticator, new Uint8Array(length));
    expect(outcome(rawPacket(Code.AccessRequest, [USER_PASSWORD, short]))).toBe("message-authenticator-length");
  });

  it("drops two Message-Authenticators, the first of them right", () => {
    const second = rawAttribute(AttributeType.MessageAuthenticator, new Uint8Array(16));
    const packet = signed(rawPacket(Code.AccessRequest, [USER_PASSWORD, second]), SECRET);
    expect(outcome(packet)).toBe("message-authenticator-repeated");
  });

  it("takes unknown types, strange vendor attributes and any order", () => {
    const packet = rawPacket(Code.AccessRequest, [
      rawAttribute(26, ""),
      rawAttribute(26, Uint8Array.of(0, 0, 1, 55, 5, 255, 0)),
      rawAttribute(26, Uint8Array.of(255, 0, 0, 0, 1, 2)),
      rawAttribute(255, "?"),
      USER_PASSWORD,
      USER_NAME,
    ]);
    expect(outcome(signed(packet, SECRET))).toBe("authenticated");
  });
});

describe("step 5, when Message-Authenticator must be there", () => {
  it("drops what lacks it where the client requires it, else takes a password without", () => {
    expect(outcome(PAP)).toBe("message-authenticator-missing");
    expect(outcome(PAP, LENIENT)).toBe("unauthenticated");
  });

  it("drops EAP-Message and Status-Server without it, whatever the client's settings", () => {
    const off: ReceiveOptions = { ...LENIENT, limitProxyState: false, allowUnsignedWithoutCredential: true };
    expect(outcome(rawPacket(Code.AccessRequest, [EAP_IDENTITY]), off)).toBe("message-authenticator-missing");
    expect(outcome(rawPacket(Code.StatusServer, []), off)).toBe("message-authenticator-missing");
    expect(outcome(rawPacket(Code.StatusServer, []), { ...ACCOUNTING, ...off, allowedCodes: [4, 12] })).toBe(
      "message-authenticator-missing",
    );
  });

  it("drops Proxy-State without it where limitProxyState is on", () => {
    const proxied = rawPacket(Code.AccessRequest, [USER_NAME, USER_PASSWORD, PROXY_STATE]);
    expect(outcome(proxied, LENIENT)).toBe("proxy-state-unsigned");
    expect(outcome(proxied, { ...LENIENT, limitProxyState: false })).toBe("unauthenticated");
    expect(outcome(signed(proxied, SECRET), LENIENT)).toBe("authenticated");
  });

  it("drops what has no credential without it, unless that is switched off", () => {
    const bare = rawPacket(Code.AccessRequest, [USER_NAME]);
    expect(outcome(bare, LENIENT)).toBe("credential-missing-unsigned");
    expect(outcome(bare, { ...LENIENT, allowUnsignedWithoutCredential: true })).toBe("unauthenticated");
    expect(outcome(signed(bare, SECRET), LENIENT)).toBe("authenticated");
  });

  it.each([
    ["User-Password", USER_PASSWORD],
    ["CHAP-Password", CHAP_PASSWORD],
    ["ARAP-Password", ARAP_PASSWORD],
  ])("counts %s as a credential", (_name, credential) => {
    expect(outcome(rawPacket(Code.AccessRequest, [USER_NAME, credential]), LENIENT)).toBe("unauthenticated");
  });
});

describe("step 6, the value of Message-Authenticator", () => {
  const good = signed(PAP, SECRET);

  it("drops when any one bit of the packet differs", () => {
    const passed: number[] = [];
    for (let at = 4; at < good.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        if (outcome(withBitTurned(good, at, bit), LENIENT) === "authenticated") {
          passed.push(at);
        }
      }
    }
    expect(passed).toEqual([]);
    expect(outcome(withBitTurned(good, 22))).toBe("message-authenticator-wrong");
    expect(outcome(withBitTurned(good, 37, 7))).toBe("message-authenticator-wrong");
  });

  it("drops another code or Identifier with the same octets", () => {
    expect(outcome(withBitTurned(good, 1))).toBe("message-authenticator-wrong");
    const asStatus = Buffer.from(good);
    asStatus.writeUInt8(Code.StatusServer, 0);
    expect(outcome(asStatus)).toBe("message-authenticator-wrong");
  });

  it("drops a packet of another secret, sixteen zeros and sixteen 0xff", () => {
    expect(outcome(signed(PAP, "testing124"))).toBe("message-authenticator-wrong");
    for (const octet of [0, 0xff]) {
      const guess = Buffer.from(good);
      guess.fill(octet, 22, 38);
      expect(outcome(guess)).toBe("message-authenticator-wrong");
    }
  });

  it("verifies where the client does not require it", () => {
    expect(outcome(withBitTurned(good, 25), LENIENT)).toBe("message-authenticator-wrong");
  });

  it("takes the older of two secrets and says which it was", () => {
    const older = new SharedSecret(SECRET);
    const received = receiveRequest(good, { ...OPTIONS, secrets: [new SharedSecret("new"), older] });
    expect("discard" in received ? received.discard : received.secret).toBe(older);
  });

  it("does not write to the datagram", () => {
    const before = Buffer.from(good);
    receiveRequest(good, OPTIONS);
    expect(good).toEqual(before);
  });

  it("takes Status-Server", () => {
    const status = signed(rawPacket(Code.StatusServer, []), SECRET);
    expect(outcome(status)).toBe("authenticated");
    expect(outcome(withBitTurned(status, 30))).toBe("message-authenticator-wrong");
  });
});

describe("step 7, Accounting-Request", () => {
  const plain = rawPacket(Code.AccountingRequest, [
    rawAttribute(AttributeType.AcctStatusType, Uint8Array.of(0, 0, 0, 1)),
  ]);
  const good = accountingSigned(plain);

  it("takes it without Message-Authenticator and with a right one", () => {
    expect(outcome(good, ACCOUNTING)).toBe("authenticated");
    expect(outcome(accountingSigned(signed(plain, SECRET, new Uint8Array(16))), ACCOUNTING)).toBe("authenticated");
  });

  it("drops one bit wrong in the authenticator, in an attribute, and zeros", () => {
    expect(outcome(withBitTurned(good, 4), ACCOUNTING)).toBe("request-authenticator-wrong");
    expect(outcome(withBitTurned(good, 25), ACCOUNTING)).toBe("request-authenticator-wrong");
    expect(outcome(plain, ACCOUNTING)).toBe("request-authenticator-wrong");
  });

  it("drops a wrong Message-Authenticator under a right Request Authenticator", () => {
    const wrong = accountingSigned(withBitTurned(signed(plain, SECRET, new Uint8Array(16)), 30));
    expect(outcome(wrong, ACCOUNTING)).toBe("message-authenticator-wrong");
    const underOwnAuthenticator = accountingSigned(signed(plain, SECRET));
    expect(outcome(underOwnAuthenticator, ACCOUNTING)).toBe("message-authenticator-wrong");
  });
});

describe("step 8, what must not be together", () => {
  it.each([
    ["User-Password", USER_PASSWORD],
    ["CHAP-Password", CHAP_PASSWORD],
    ["ARAP-Password", ARAP_PASSWORD],
  ])("drops EAP-Message with %s", (_name, credential) => {
    expect(outcome(signed(rawPacket(Code.AccessRequest, [EAP_IDENTITY, credential]), SECRET))).toBe(
      "eap-with-password",
    );
  });

  it("drops two kinds of password", () => {
    const packet = rawPacket(Code.AccessRequest, [USER_PASSWORD, CHAP_PASSWORD]);
    expect(outcome(signed(packet, SECRET))).toBe("several-passwords");
  });

  it.each([
    ["User-Name", USER_NAME],
    ["User-Password", USER_PASSWORD],
    ["State", rawAttribute(AttributeType.State, "s")],
  ])("drops %s twice", (_name, attribute) => {
    expect(outcome(signed(rawPacket(Code.AccessRequest, [attribute, attribute]), SECRET))).toBe("attribute-repeated");
  });

  it("says nothing about a packet that does not verify", () => {
    const packet = signed(rawPacket(Code.AccessRequest, [EAP_IDENTITY, USER_PASSWORD]), "another");
    expect(outcome(packet)).toBe("message-authenticator-wrong");
  });

  it("takes EAP as long as it says, over one attribute and over two, and EAP-Start", () => {
    const long = Buffer.alloc(300, 1);
    long.writeUInt16BE(300, 2);
    const parts = [rawAttribute(79, long.subarray(0, 253)), rawAttribute(79, long.subarray(253))];
    expect(outcome(signed(rawPacket(Code.AccessRequest, [EAP_IDENTITY]), SECRET))).toBe("authenticated");
    expect(outcome(signed(rawPacket(Code.AccessRequest, parts), SECRET))).toBe("authenticated");
    expect(outcome(signed(rawPacket(Code.AccessRequest, [rawAttribute(79, "")]), SECRET))).toBe("authenticated");
  });

  it.each([
    ["a longer length", Uint8Array.of(2, 1, 0, 7, 1, 97)],
    ["a shorter length", Uint8Array.of(2, 1, 0, 5, 1, 97)],
    ["no length", Uint8Array.of(2, 1)],
  ])("drops EAP with %s", (_name, eap) => {
    expect(outcome(signed(rawPacket(Code.AccessRequest, [rawAttribute(79, eap)]), SECRET))).toBe("eap-length");
  });
});

function proxyStates(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, () => PROXY_STATE);
}

function outcome(datagram: Uint8Array, options: ReceiveOptions = OPTIONS): string {
  const received = receiveRequest(datagram, options);
  if ("discard" in received) {
    return received.discard;
  }
  return received.authenticated ? "authenticated" : "unauthenticated";
}

/** RFC 2866 section 3, by node:crypto. */
function accountingSigned(packet: Buffer): Buffer {
  const copy = Buffer.from(packet);
  copy.fill(0, 4, 20);
  copy.set(createHash("md5").update(copy).update(SECRET).digest(), 4);
  return copy;
}
