import { answerPlace, appendedCodePlace, type LoginContext, replyAttributesPlace, userKeyOf } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import { ALICE, OrchestratorWorld, START_MS } from "../testing/orchestrator-world.js";
import { KEEP_MS } from "../testing/world-settings.js";

const STATION = "00-11-22-33-44-55";

describe("a code that came with its password", () => {
  it("lets in at once, with what the target said, in one row and without a prompt", async () => {
    const world = new OrchestratorWorld();
    const secret = world.factors.addToken(ALICE, "T1");
    const context = await world.claim({ exchange: 1 });
    const sealedCode = world.sealed(world.code(secret), appendedCodePlace(context.exchangeId));
    const sealedAttributes = world.sealed("attributes", replyAttributesPlace(context.exchangeId));
    await world.primary(context, { sealedCode, sealedAttributes });
    const reply = await world.reply(context.exchangeId);
    expect([reply.verdict, Buffer.from(reply.attributes).toString()]).toEqual(["accept", "attributes"]);
    expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
    expect(world.decided).toMatchObject([
      { tokenSerial: "T1", userId: ALICE, context: { exchangeId: context.exchangeId } },
    ]);
    expect(await world.store.due(10, 1)).toEqual([]);
  });

  it("is read as a typed one is: with the spaces that people put into it", async () => {
    const world = new OrchestratorWorld();
    const code = world.code(world.factors.addToken(ALICE, "T1"));
    expect((await world.typedTogether({ exchange: 1 }, `${code.slice(0, 3)} ${code.slice(3)}`))?.verdict).toBe(
      "accept",
    );
  });

  it("rejects a wrong one at once, held back from when the request came, as a wrong password is", async () => {
    const world = new OrchestratorWorld();
    const secret = world.factors.addToken(ALICE, "T1");
    const context = await world.claim({ exchange: 1 });
    world.nowMs += 700;
    await world.primaryWithCode(context, world.wrongCode(secret));
    const reply = await world.reply(context.exchangeId);
    expect(reply).toMatchObject({ verdict: "reject", message: "" });
    expect(reply.notBeforeMs).toBeGreaterThanOrEqual(START_MS + 1_000);
    expect(reply.notBeforeMs).toBeLessThanOrEqual(START_MS + 1_100);
    expect(world.ends()).toEqual(["1 FAILED_OATH_CODE_INCORRECT"]);
  });

  it("is good once: not behind another login, not at a prompt, and not after one", async () => {
    const world = new OrchestratorWorld();
    const code = world.code(world.factors.addToken(ALICE, "T1"));
    expect((await world.typedTogether({ exchange: 1 }, code))?.verdict).toBe("accept");
    expect((await world.typedTogether({ exchange: 2 }, code))?.verdict).toBe("reject");
    const prompt = await world.prompted({ exchange: 3 });
    expect((await world.answer(prompt, code, { exchange: 4 }))?.verdict).toBe("challenge");
    world.nowMs += 30_000;
    const next = world.code(world.factors.addToken(ALICE, "T2"));
    const again = await world.prompted({ exchange: 5 });
    expect((await world.answer(again, next, { exchange: 6 }))?.verdict).toBe("accept");
    expect((await world.typedTogether({ exchange: 7 }, next))?.verdict).toBe("reject");
  });

  it("gets the same verdict when it is told again", async () => {
    const world = new OrchestratorWorld();
    const secret = world.factors.addToken(ALICE, "T1");
    const right = await world.claim({ exchange: 1 });
    for (let delivery = 0; delivery < 3; delivery++) await world.primaryWithCode(right, world.code(secret));
    expect((await world.reply(right.exchangeId)).verdict).toBe("accept");
    const wrong = await world.claim({ exchange: 2 });
    for (let delivery = 0; delivery < 3; delivery++) await world.primaryWithCode(wrong, world.wrongCode(secret));
    expect((await world.reply(wrong.exchangeId)).verdict).toBe("reject");
    expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED", "2 FAILED_OATH_CODE_INCORRECT"]);
    expect(world.factors.taken).toHaveLength(1);
  });

  it("counts towards the lock-out together with what is typed at prompts", async () => {
    const world = new OrchestratorWorld({ lockout: { maxFailures: 3, windowMs: 300_000 } });
    const secret = world.factors.addToken(ALICE, "T1");
    await world.typedTogether({ exchange: 1 }, world.wrongCode(secret, 0));
    const prompt = await world.prompted({ exchange: 2 });
    await world.answer(prompt, world.wrongCode(secret, 1), { exchange: 3 });
    await world.typedTogether({ exchange: 4 }, world.wrongCode(secret, 2));
    expect((await world.typedTogether({ exchange: 5 }, world.code(secret)))?.verdict).toBe("reject");
    expect(world.ends()).toContain("5 FAILED_AUTHENTICATION_THROTTLED");
    expect(world.factors.taken).toEqual([]);
    world.nowMs += 300_000;
    expect((await world.typedTogether({ exchange: 6 }, world.code(secret)))?.verdict).toBe("accept");
  });

  it("reserves its try before it is checked, and gives it back when the database is away", async () => {
    const world = new OrchestratorWorld({ lockout: { maxFailures: 1, windowMs: 300_000 } });
    const secret = world.factors.addToken(ALICE, "T1");
    world.faults.failAt(4, "before");
    expect((await world.typedTogether({ exchange: 1 }, world.code(secret)))?.verdict).toBe("accept");
    const names = world.faults.steps.slice(0, 10).map((step) => step.split(".")[1]);
    const first = ["find", "open", "removeDue", "reserve", "find", "release"];
    expect(names).toEqual([...first, "find", "open", "removeDue", "reserve"]);
  });

  describe("while all failures that the user has left are under check elsewhere", () => {
    async function refused() {
      const world = new OrchestratorWorld({ lockout: { maxFailures: 1, windowMs: 300_000 } });
      const secret = world.factors.addToken(ALICE, "T1");
      const prompt = await world.prompted({ exchange: 1, station: "elsewhere" });
      const find = world.factors.find.bind(world.factors);
      const [checking, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      world.factors.find = async (userId) => {
        world.factors.find = find;
        checking.resolve();
        await goOn.promise;
        return find(userId);
      };
      const elsewhere = world.answer(prompt, world.code(secret), { exchange: 2 });
      await checking.promise;
      const context = await world.claim({ exchange: 3, station: STATION });
      const code = world.code(secret, 1);
      await world.primaryWithCode(context, code);
      return { world, context, code, elsewhere, goOn };
    }

    it("is rejected promptly, held back as any reject, in a row that says why", async () => {
      const { world, context, elsewhere, goOn } = await refused();
      const reply = await world.reply(context.exchangeId);
      expect(reply.verdict).toBe("reject");
      expect(reply.notBeforeMs).toBeGreaterThanOrEqual(START_MS + 1_000);
      expect(reply.notBeforeMs).toBeLessThanOrEqual(START_MS + 1_100);
      expect(world.ends()).toEqual(["3 FAILED_AUTHENTICATION_THROTTLED"]);
      goOn.resolve();
      expect((await elsewhere)?.verdict).toBe("accept");
      world.nowMs += 200_000;
      await world.sweepOnce();
      expect(world.ends()).toEqual(["3 FAILED_AUTHENTICATION_THROTTLED", "1 SUCCESS_OATH_CODE_VERIFIED"]);
    });

    it("gets the same when it is told again, and in a request of its own", async () => {
      const { world, context, code, elsewhere, goOn } = await refused();
      goOn.resolve();
      await elsewhere;
      await world.primaryWithCode(context, code);
      expect((await world.reply(context.exchangeId)).verdict).toBe("reject");
      expect((await world.typedTogether({ exchange: 4, station: STATION }, code))?.verdict).toBe("reject");
      expect(world.ends()).toEqual(["3 FAILED_AUTHENTICATION_THROTTLED", "1 SUCCESS_OATH_CODE_VERIFIED"]);
      expect(world.factors.taken).toHaveLength(1);
    });
  });

  it("gets the same verdict in a request of its own from the same station, as long as a reply is kept", async () => {
    const world = new OrchestratorWorld();
    const secret = world.factors.addToken(ALICE, "T1");
    const [code, wrong] = [world.code(secret), world.wrongCode(secret)];
    for (const exchange of [1, 2]) {
      expect((await world.typedTogether({ exchange, station: STATION }, wrong))?.verdict).toBe("reject");
    }
    for (const exchange of [3, 4]) {
      expect((await world.typedTogether({ exchange, station: STATION }, code))?.verdict).toBe("accept");
    }
    expect(world.ends()).toEqual(["1 FAILED_OATH_CODE_INCORRECT", "3 SUCCESS_OATH_CODE_VERIFIED"]);
    expect(world.factors.taken).toHaveLength(1);
    const elsewhere = await world.typedTogether({ exchange: 5, station: "another" }, code);
    expect(elsewhere?.verdict).toBe("reject");
    world.nowMs += KEEP_MS + 1;
    expect((await world.typedTogether({ exchange: 6, station: STATION }, code))?.verdict).toBe("reject");
    expect(world.ends().slice(2)).toEqual(["5 FAILED_OATH_CODE_DUPLICATE", "6 FAILED_OATH_CODE_DUPLICATE"]);
  });

  it("is another login with another password, at another client, and where no station is known", async () => {
    const world = new OrchestratorWorld();
    const secret = world.factors.addToken(ALICE, "T1");
    world.setClient("wifi", {});
    const code = world.code(secret);
    expect((await world.typedTogether({ exchange: 1, station: STATION }, code))?.verdict).toBe("accept");
    expect((await world.typedTogether({ exchange: 2, station: STATION, client: "wifi" }, code))?.verdict).toBe(
      "reject",
    );
    const context = await world.claim({ exchange: 3, station: STATION });
    const sealedCode = world.sealed(code, appendedCodePlace(context.exchangeId));
    await world.primary(context, { sealedCode, credentialDigest: "of another password" });
    expect((await world.reply(context.exchangeId)).verdict).toBe("reject");
    expect((await world.typedTogether({ exchange: 4 }, code))?.verdict).toBe("reject");
    expect(world.ends()).toHaveLength(4);
  });

  it("is the same login without a station where the client says so", async () => {
    const world = new OrchestratorWorld();
    world.setClient("alone", { joinWithoutStation: true });
    const code = world.code(world.factors.addToken(ALICE, "T1"));
    for (const exchange of [1, 2]) {
      expect((await world.typedTogether({ exchange, client: "alone" }, code))?.verdict).toBe("accept");
    }
    expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
  });

  it("closes a prompt of the same station, and joins no login that has none", async () => {
    const world = new OrchestratorWorld();
    const secret = world.factors.addToken(ALICE, "T1");
    await world.prompted({ exchange: 1, station: STATION });
    expect((await world.typedTogether({ exchange: 2, station: STATION }, world.code(secret)))?.verdict).toBe("accept");
    expect(world.ends()).toEqual(["1 FAILED_CHALLENGE_SUPERSEDED", "2 SUCCESS_OATH_CODE_VERIFIED"]);
  });

  it("joins the same login that died on its way, from the same station: one verdict, one row", async () => {
    const world = new OrchestratorWorld();
    const secret = world.factors.addToken(ALICE, "T1");
    const code = world.code(secret);
    const first = await world.claim({ exchange: 1, station: STATION });
    world.faults.failAt(5, "after");
    const sealedCode = world.sealed(code, appendedCodePlace(first.exchangeId));
    await expect(world.openChallenge.execute({ ...world.proven(first), sealedCode })).rejects.toThrow("was lost");
    expect(world.factors.taken).toHaveLength(1);
    expect((await world.typedTogether({ exchange: 2, station: STATION }, code))?.verdict).toBe("accept");
    await world.primaryWithCode(first, code);
    expect((await world.reply(first.exchangeId)).verdict).toBe("accept");
    expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
    world.nowMs += 200_000;
    await world.sweepOnce();
    expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
  });

  it("is nothing of this exchange when it was sealed elsewhere, or changed", async () => {
    const world = new OrchestratorWorld();
    const code = world.code(world.factors.addToken(ALICE, "T1"));
    const context = await world.claim({ exchange: 1 });
    const other = await world.claim({ exchange: 2 });
    const bent = Buffer.from(world.sealed(code, appendedCodePlace(context.exchangeId)));
    bent[bent.length - 1] = (bent.at(-1) ?? 0) ^ 1;
    for (const sealedCode of [
      world.sealed(code, appendedCodePlace(other.exchangeId)),
      world.sealed(code, answerPlace(context.exchangeId)),
      bent,
    ]) {
      await expect(world.primary(context, { sealedCode })).rejects.toThrow("not sealed for its exchange");
    }
    expect(await world.replyIfAny(context.exchangeId)).toBeUndefined();
    expect(world.factors.taken).toEqual([]);
  });

  it("needs no client that shows prompts", async () => {
    const world = new OrchestratorWorld();
    const secret = world.factors.addToken(ALICE, "T1");
    world.setClient("rdg", { prompting: "never" });
    expect((await world.typedTogether({ exchange: 1, client: "rdg" }, world.code(secret)))?.verdict).toBe("accept");
    expect((await world.prompted({ exchange: 2, client: "rdg" })).verdict).toBe("reject");
  });
});

describe("an access list", () => {
  const download = { credential: "acl-download", userKnown: false } as const;
  const NAME = "#ACSACL#-IP-staff";

  async function claimList(world: OrchestratorWorld, client: string): Promise<LoginContext> {
    return world.claim({ exchange: 1, client, userName: NAME, userKey: userKeyOf(world.digest, NAME) });
  }

  it("passes as the target gave it, without a second factor and without our own attributes", async () => {
    const world = new OrchestratorWorld();
    const replyAttributes = [{ groups: [], attributes: Uint8Array.of(11, 3, 0x61) }];
    world.setClient("asa", { downloadableAcls: true, replyAttributes });
    const context = await claimList(world, "asa");
    const sealedAttributes = world.sealed("ip:inacl#1=permit", replyAttributesPlace(context.exchangeId));
    await world.primary(context, { ...download, sealedAttributes });
    const reply = await world.reply(context.exchangeId, context.userKey);
    expect([reply.verdict, Buffer.from(reply.attributes).toString()]).toEqual(["accept", "ip:inacl#1=permit"]);
    expect(world.decided).toMatchObject([{ resultCode: "SUCCESS_ACL_DOWNLOAD", userKnown: false, tokenSerial: "" }]);
  });

  it("is refused for a client that may have none by now", async () => {
    const world = new OrchestratorWorld();
    const context = await claimList(world, "vpn");
    const sealedAttributes = world.sealed("ip:inacl#1=permit", replyAttributesPlace(context.exchangeId));
    await world.primary(context, { ...download, sealedAttributes });
    expect(await world.reply(context.exchangeId, context.userKey)).toMatchObject({
      verdict: "reject",
      attributes: new Uint8Array(0),
    });
    expect(world.ends()).toEqual(["1 FAILED_REQUEST_INVALID"]);
  });

  it("is believed only of an exchange whose name it is: nobody's event makes one of a login", async () => {
    const world = new OrchestratorWorld();
    world.setClient("asa", { downloadableAcls: true });
    const context = await world.claim({ exchange: 1, client: "asa" });
    for (const forged of [context, { ...context, userName: NAME }]) {
      await expect(world.primary(forged, download)).rejects.toThrow("has another name");
    }
    const moved = { ...context, userName: NAME, userKey: userKeyOf(world.digest, NAME) };
    await world.primary(moved, download);
    expect(await world.replyIfAny(context.exchangeId)).toBeUndefined();
  });
});
