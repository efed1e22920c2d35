import {
  AttributeType,
  decodeUtf8,
  isExchangeFailed,
  proxyStateAttribute,
  stateAttribute,
  textAttribute,
} from "@portcullis/radius";
import { eventually, sleepMs } from "@portcullis/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { challengeOf, codeAt, Nas, outcomeOf, stateOf, wrongCode } from "../harness/nas.js";
import { auditState, type ProductUnderTest } from "../harness/product-under-test.js";
import { radclient } from "../harness/radclient.js";
import {
  CHALLENGE_SECONDS,
  CLIENTS,
  OLD_SECRET,
  PASSWORD,
  STRANGER,
  tokenSecretOf,
  trustedName,
  userName,
} from "../harness/test-configuration.js";

/** What a login does, whatever the mode. Each test takes users of its own: a code is good once. */
export function describeLogin(mode: string, start: () => Promise<ProductUnderTest>): void {
  describe(`a login, ${mode}`, () => {
    let product: ProductUnderTest;
    let vpn: Nas;
    let trusted: Nas;
    let other: Nas;

    beforeAll(async () => {
      product = await start();
      vpn = new Nas({ ...CLIENTS.vpn, port: product.ports[0] });
      trusted = new Nas({ ...CLIENTS.trusted, port: product.ports[0] });
      other = trusted.with({ port: product.ports[1] });
    });
    afterAll(() => product?.stop());

    it("lets a user in with password and code", async () => {
      const user = userName(0);
      const challenge = challengeOf(await vpn.password(user, PASSWORD));
      expect(decodeUtf8(challenge.packet.first(AttributeType.ReplyMessage) ?? new Uint8Array())).toMatch(/code/i);
      expect(challenge.packet.hasMessageAuthenticator).toBe(true);
      const reply = await vpn.answer(user, challenge, codeAt(tokenSecretOf(user)));
      expect(outcomeOf(reply)).toBe("accept");
    });

    it("lets FreeRADIUS' own client in", async () => {
      const server = { port: product.ports[0], secret: CLIENTS.vpn.secret };
      const user = userName(8);
      const asked = await radclient(server, [`User-Name = ${user}`, `User-Password = "${PASSWORD}"`]);
      expect(asked.reply, asked.output).toBe("Access-Challenge");
      const code = codeAt(tokenSecretOf(user));
      const answered = await radclient(server, [
        `User-Name = ${user}`,
        `User-Password = ${code}`,
        `State = ${asked.state}`,
      ]);
      expect(answered.reply, answered.output).toBe("Access-Accept");
    });

    it("knows the user whatever form of the name is typed", async () => {
      const user = userName(1);
      const challenge = challengeOf(await vpn.password(`CORP\\${user.toUpperCase()}`, PASSWORD));
      const reply = await vpn.answer(`CORP\\${user.toUpperCase()}`, challenge, codeAt(tokenSecretOf(user)));
      expect(outcomeOf(reply)).toBe("accept");
    });

    it.each([
      ["a wrong password", userName(2), "wrong horse"],
      ["an unknown user", "nobody", PASSWORD],
      ["a disabled user", "disabled", PASSWORD],
      ["a user without a token", "tokenless", PASSWORD],
      ["an empty password", userName(2), ""],
    ])("rejects %s", async (_what, user, password) => {
      const reply = await vpn.password(user, password);
      expect(outcomeOf(reply)).toBe("reject");
      if (!isExchangeFailed(reply)) {
        expect(reply.packet.first(AttributeType.State)).toBeUndefined();
        expect(reply.elapsedMs).toBeGreaterThan(190); // The reject delay of this client.
      }
    });

    it("asks again after a wrong code, and ends after the third", async () => {
      const user = userName(3);
      const wrong = wrongCode(tokenSecretOf(user));
      const first = challengeOf(await vpn.password(user, PASSWORD));
      const second = challengeOf(await vpn.answer(user, first, wrong));
      const third = challengeOf(await vpn.answer(user, second, wrong.replace(/^./, "9")));
      expect(outcomeOf(await vpn.answer(user, third, wrong.replace(/^./, "8")))).toBe("reject");
      expect(outcomeOf(await vpn.answer(user, third, codeAt(tokenSecretOf(user))))).toBe("reject");
    });

    it("takes the right code after a wrong one", async () => {
      const user = userName(4);
      const first = challengeOf(await vpn.password(user, PASSWORD));
      const second = challengeOf(await vpn.answer(user, first, wrongCode(tokenSecretOf(user))));
      expect(outcomeOf(await vpn.answer(user, second, codeAt(tokenSecretOf(user))))).toBe("accept");
    });

    it("takes no code twice, and none that is older than one that was used", async () => {
      const user = trustedName(0);
      const secret = tokenSecretOf(user);
      const code = codeAt(secret);
      const challenge = challengeOf(await trusted.password(user, ""));
      expect(outcomeOf(await trusted.answer(user, challenge, code))).toBe("accept");
      const again = challengeOf(await trusted.password(user, ""));
      expect(outcomeOf(await trusted.answer(user, again, code))).not.toBe("accept");
      const older = challengeOf(await trusted.password(user, ""));
      expect(outcomeOf(await trusted.answer(user, older, codeAt(secret, -1)))).not.toBe("accept");
    });

    it("lets the first factor be enough where the client says so", async () => {
      const passwordOnly = new Nas({ ...CLIENTS.passwordOnly, port: product.ports[0] });
      expect(outcomeOf(await passwordOnly.password(userName(5), PASSWORD))).toBe("accept");
      expect(outcomeOf(await passwordOnly.password(userName(5), "wrong"))).toBe("reject");
      const lenient = new Nas({ ...CLIENTS.lenient, port: product.ports[0] });
      expect(outcomeOf(await lenient.password("nobody", ""))).toBe("accept");
      expect(outcomeOf(await lenient.password("disabled", ""))).toBe("reject");
    });

    it("takes both secrets of a rotation, and no third", async () => {
      const rotating = new Nas({ ...CLIENTS.rotating, port: product.ports[0] });
      expect(outcomeOf(await rotating.password(trustedName(1), ""))).toBe("challenge");
      expect(outcomeOf(await rotating.with({ secret: OLD_SECRET }).password(trustedName(1), ""))).toBe("challenge");
      expect(outcomeOf(await rotating.with({ secret: "a third secret", tries: 2 }).password(trustedName(1), ""))).toBe(
        "timeout",
      );
    });

    it("is silent to an unknown client, a bad secret, a missing and a forged Message-Authenticator", async () => {
      const quick = { tries: 2 };
      const stranger = vpn.with({ ...quick, address: STRANGER });
      expect(outcomeOf(await stranger.password(userName(6), PASSWORD))).toBe("timeout");
      expect(outcomeOf(await vpn.with({ ...quick, secret: "not the secret" }).password(userName(6), PASSWORD))).toBe(
        "timeout",
      );
      for (const messageAuthenticator of ["omitted", "wrong"] as const) {
        const reply = await vpn.with(quick).raw({ userName: userName(6), password: PASSWORD, messageAuthenticator });
        expect(outcomeOf(reply)).toBe("timeout");
      }
      const legacy = new Nas({ ...CLIENTS.legacy, port: product.ports[0] });
      const unsigned = await legacy.raw({ userName: trustedName(2), password: "x", messageAuthenticator: "omitted" });
      expect(outcomeOf(unsigned)).toBe("challenge");
    });

    it("rejects a State of another client, of another user, a changed one and one that is nobody's", async () => {
      const user = trustedName(3);
      const challenge = challengeOf(await trusted.password(user, ""));
      const code = codeAt(tokenSecretOf(user));
      const lenient = new Nas({ ...CLIENTS.lenient, port: product.ports[0] });
      expect(outcomeOf(await lenient.answer(user, challenge, code))).toBe("reject");
      expect(outcomeOf(await trusted.answer(trustedName(4), challenge, code))).toBe("reject");
      const changed = Uint8Array.from(stateOf(challenge));
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      for (const state of [changed, new Uint8Array(76).fill(1), Uint8Array.of(1)]) {
        expect(outcomeOf(await trusted.password(user, code, [stateAttribute(state)]))).toBe("reject");
      }
      expect(outcomeOf(await trusted.answer(user, challenge, code))).toBe("accept");
    });

    it("rejects the right code when its challenge has expired", async () => {
      const impatient = new Nas({ ...CLIENTS.impatient, port: product.ports[0] });
      const user = trustedName(5);
      const challenge = challengeOf(await impatient.password(user, ""));
      await sleepMs(CHALLENGE_SECONDS * 1_000 + 500);
      expect(outcomeOf(await impatient.answer(user, challenge, codeAt(tokenSecretOf(user))))).toBe("reject");
    });

    it("gives the same packet, sent again and to the other gateway, the same octets", async () => {
      const request = trusted.build(trustedName(6), "", [proxyStateAttribute(Uint8Array.of(1, 2, 3))]);
      const replies = await Promise.all([trusted.send(request), trusted.send(request), other.send(request)]);
      const later = await other.send(request);
      const octets = [...replies, later].map((reply) =>
        isExchangeFailed(reply) ? reply.failure : Buffer.from(reply.replyOctets).toString("hex"),
      );
      expect(new Set(octets).size).toBe(1);
      expect(outcomeOf(later)).toBe("challenge");
    });

    it("takes the answer to a challenge of one gateway at the other", async () => {
      const user = trustedName(7);
      const challenge = challengeOf(await trusted.password(user, ""));
      expect(outcomeOf(await other.answer(user, challenge, codeAt(tokenSecretOf(user))))).toBe("accept");
    });

    it("accepts the same answer again in a new packet at the other gateway, and no other answer", async () => {
      const user = trustedName(8);
      const code = codeAt(tokenSecretOf(user));
      const challenge = challengeOf(await trusted.password(user, ""));
      expect(outcomeOf(await trusted.answer(user, challenge, code))).toBe("accept");
      expect(outcomeOf(await other.answer(user, challenge, code))).toBe("accept");
      expect(outcomeOf(await other.answer(user, challenge, codeAt(tokenSecretOf(user), 1)))).toBe("reject");
    });

    it("lets a new packet with the Identifier of an older one in, and abandons that", async () => {
      // Argon2 and the reject delay keep the first one waiting while the second comes from the same port.
      const user = userName(7);
      const port = 40_000 + Math.floor(Math.random() * 20_000);
      const single = vpn.with({ localPort: port, tries: 1, intervalMs: 20 });
      await single.send(vpn.build(user, "wrong", [], 42));
      const patient = vpn.with({ localPort: port, tries: 3, intervalMs: 3_000 });
      const challenge = challengeOf(await patient.send(vpn.build(user, PASSWORD, [], 42)));
      expect(outcomeOf(await vpn.answer(user, challenge, codeAt(tokenSecretOf(user))))).toBe("accept");
    });

    it("locks a user out after ten wrong codes over several challenges", async () => {
      const user = trustedName(9);
      const wrong = wrongCode(tokenSecretOf(user));
      let wrongAnswers = 0;
      for (let login = 0; login < 6 && wrongAnswers < 10; login++) {
        let reply = await trusted.password(user, "", textAttribute(AttributeType.CallingStationId, `station ${login}`));
        while (outcomeOf(reply) === "challenge" && wrongAnswers < 10) {
          // Each answer another one: the same answer again would be a redelivery.
          const digit = String(wrongAnswers);
          reply = await trusted.answer(user, challengeOf(reply), `${digit}${wrong.slice(1)}`);
          wrongAnswers += 1;
        }
      }
      expect(wrongAnswers).toBe(10);
      expect(outcomeOf(await trusted.password(user, ""))).toBe("reject");
    });

    it("writes one audit row a login, in an unbroken chain", async () => {
      const before = await auditState(product);
      expect(before.intact).toBe(true);
      const user = trustedName(10);
      const challenge = challengeOf(await trusted.password(user, ""));
      await trusted.answer(user, challenge, codeAt(tokenSecretOf(user)));
      await trusted.password("nobody at all", "");
      const rows = before.rows + 2;
      await eventually(async () => (await auditState(product)).rows >= rows, { what: "both logins are in the audit" });
      expect(await auditState(product)).toMatchObject({ intact: true });
    });
  });
}
