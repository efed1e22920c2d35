import { Unavailable } from "@portcullis/kit";
import { describe, expect, it } from "vitest";
import { ALICE, CHALLENGE_LIMIT_MS, OrchestratorWorld, TIME_LIMIT_MS } from "../testing/orchestrator-world.js";

function enrolled(changed: ConstructorParameters<typeof OrchestratorWorld>[0] = {}) {
  const world = new OrchestratorWorld(changed);
  return { world, secret: world.factors.addToken(ALICE, "T1") };
}

describe("VerifyAnswer", () => {
  it("accepts a right code, also typed with spaces", async () => {
    const { world, secret } = enrolled();
    const prompt = await world.prompted({ exchange: 1 });
    const code = world.code(secret);
    const reply = await world.answer(prompt, ` ${code.slice(0, 3)} ${code.slice(3)} `, { exchange: 2 });
    expect(reply).toMatchObject({ verdict: "accept", notBeforeMs: 0 });
    expect(world.decided).toMatchObject([
      {
        resultCode: "SUCCESS_OATH_CODE_VERIFIED",
        verdict: "accept",
        tokenSerial: "T1",
        userId: ALICE,
        userKnown: true,
      },
    ]);
  });

  it("rejects the same code with one digit wrong, one too few, one too many, and no code at all", async () => {
    const { world, secret } = enrolled({ maxTries: 5 });
    const code = world.code(secret);
    const changed = `${code.slice(0, 5)}${(Number(code[5]) + 1) % 10}`;
    let prompt = await world.prompted({ exchange: 1 });
    for (const [at, text] of [changed, code.slice(1), `${code}0`, ""].entries()) {
      const next = await world.answer(prompt, text, { exchange: 2 + at });
      expect(next).toMatchObject({ verdict: "challenge", message: "That code was wrong. Enter the next code." });
      prompt = next ?? prompt;
    }
    expect((await world.answer(prompt, code, { exchange: 9 }))?.verdict).toBe("accept");
  });

  it("takes the codes of the window and no others", async () => {
    const { world, secret } = enrolled({ totpWindowSteps: 1, maxTries: 9 });
    let prompt = await world.prompted({ exchange: 1 });
    for (const [at, offset] of [-2, 2].entries()) {
      prompt = (await world.answer(prompt, world.code(secret, offset), { exchange: 2 + at })) ?? prompt;
      expect(prompt.verdict).toBe("challenge");
    }
    expect((await world.answer(prompt, world.code(secret, -1), { exchange: 5 }))?.verdict).toBe("accept");
    const again = await world.prompted({ exchange: 6 });
    expect((await world.answer(again, world.code(secret, 1), { exchange: 7 }))?.verdict).toBe("accept");
  });

  it("rejects the last try with the reason, held back, and tells the user nothing of it", async () => {
    const { world, secret } = enrolled();
    let prompt = await world.prompted({ exchange: 1 });
    for (const exchange of [2, 3]) {
      world.nowMs += 1_000;
      prompt = (await world.answer(prompt, world.wrongCode(secret, exchange), { exchange })) ?? prompt;
      expect(prompt).toMatchObject({ verdict: "challenge", notBeforeMs: 0 });
    }
    expect(prompt.sessionTimeoutSeconds).toBe(CHALLENGE_LIMIT_MS / 1_000 - 2);
    const reply = await world.answer(prompt, world.wrongCode(secret, 4), { exchange: 4 });
    expect(reply).toMatchObject({ verdict: "reject", message: "" });
    expect(reply?.notBeforeMs).toBeGreaterThanOrEqual(world.nowMs + 1_000);
    expect(world.ends()).toEqual(["1 FAILED_OATH_CODE_INCORRECT"]);
    expect((await world.answer(prompt, world.code(secret), { exchange: 5 }))?.verdict).toBe("reject");
    expect(world.ends()).toEqual(["1 FAILED_OATH_CODE_INCORRECT"]);
  });

  it("lets the same code work at one challenge only, and no older one after it", async () => {
    const { world, secret } = enrolled({ maxTries: 1 });
    const prompts = [];
    for (const exchange of [1, 2, 3]) prompts.push(await world.prompted({ exchange, station: `s${exchange}` }));
    const code = world.code(secret);
    const replies = await Promise.all(
      prompts.slice(0, 2).map((prompt, at) => world.answer(prompt, code, { exchange: 10 + at })),
    );
    expect(replies.map((reply) => reply?.verdict)).toEqual(["accept", "reject"]);
    const [, , old] = prompts;
    if (old === undefined) throw new Error("There is no third prompt.");
    expect((await world.answer(old, world.code(secret, -1), { exchange: 12 }))?.verdict).toBe("reject");
    expect(world.ends()).toEqual([
      "1 SUCCESS_OATH_CODE_VERIFIED",
      "2 FAILED_OATH_CODE_DUPLICATE",
      "3 FAILED_OATH_CODE_OLD",
    ]);
    expect(world.factors.taken).toHaveLength(1);
  });

  it("gives the same answer in a new packet the same verdict, and any other use of its State a reject", async () => {
    const { world, secret } = enrolled();
    const prompt = await world.prompted({ exchange: 1 });
    const code = world.code(secret);
    for (const exchange of [2, 3]) expect((await world.answer(prompt, code, { exchange }))?.verdict).toBe("accept");
    world.nowMs += 30_000;
    const next = world.code(secret);
    expect((await world.answer(prompt, next, { exchange: 4 }))?.verdict).toBe("reject");
    expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
    expect(world.reported).toHaveLength(1);
    const other = await world.prompted({ exchange: 5 });
    expect((await world.answer(other, next, { exchange: 6 }))?.verdict).toBe("accept");
  });

  it("takes no more guesses than a challenge has tries, however many come at once", async () => {
    const { world, secret } = enrolled({ maxTries: 3 });
    const prompt = await world.prompted({ exchange: 1 });
    const guesses = Array.from({ length: 40 }, (_, at) => world.wrongCode(secret, at));
    await Promise.all(guesses.map((guess, at) => world.answer(prompt, guess, { exchange: 100 + at })));
    const checks = world.faults.steps.filter((step) => step === "store.settle");
    expect(checks).toHaveLength(3);
    expect((await world.answer(prompt, world.code(secret), { exchange: 200 }))?.verdict).toBe("reject");
    expect(world.ends()).toEqual(["1 FAILED_OATH_CODE_INCORRECT"]);
  });

  it("takes a wrong code that is typed again at a later prompt for a new answer to that one", async () => {
    const { world, secret } = enrolled({ maxTries: 4 });
    const first = await world.prompted({ exchange: 1 });
    const again = world.wrongCode(secret, 1);
    const second = (await world.answer(first, again, { exchange: 2 })) ?? first;
    const third = (await world.answer(second, world.wrongCode(secret, 2), { exchange: 3 })) ?? second;
    const fourth = (await world.answer(third, again, { exchange: 4 })) ?? third;
    expect((await world.answer(fourth, world.code(secret), { exchange: 5 }))?.verdict).toBe("accept");
  });

  it("refuses an answer to a prompt that was replaced, at no cost", async () => {
    const { world, secret } = enrolled({ maxTries: 2 });
    const first = await world.prompted({ exchange: 1 });
    const second = await world.answer(first, world.wrongCode(secret), { exchange: 2 });
    expect((await world.answer(first, world.wrongCode(secret, 1), { exchange: 3 }))?.verdict).toBe("reject");
    expect((await world.answer(second ?? first, world.code(secret), { exchange: 4 }))?.verdict).toBe("accept");
    expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
  });

  it("rejects a late answer with the login's own end, at no cost for the code", async () => {
    const { world, secret } = enrolled();
    const prompt = await world.prompted({ exchange: 1 });
    world.nowMs += CHALLENGE_LIMIT_MS;
    expect((await world.answer(prompt, world.code(secret), { exchange: 2 }))?.verdict).toBe("reject");
    expect(world.ends()).toEqual(["1 FAILED_CHALLENGE_EXPIRED"]);
    expect(world.factors.taken).toEqual([]);
    world.nowMs += 10_000;
    await world.sweepOnce();
    expect(world.reported).toHaveLength(1);
  });

  it("counts a wrong code whose login is over or replaced by the time it was checked", async () => {
    const { world, secret } = enrolled({ lockout: { maxFailures: 2, windowMs: 300_000 } });
    const check = world.factors.find.bind(world.factors);
    let meanwhile = async (): Promise<void> => undefined;
    world.factors.find = async (userId) => {
      await meanwhile();
      return check(userId);
    };
    const first = await world.prompted({ exchange: 1, station: "s" });
    const other = await world.claim({ exchange: 2, station: "s" });
    meanwhile = async () => {
      meanwhile = async () => undefined;
      await world.primary(other, { credentialDigest: "another" });
    };
    expect((await world.answer(first, world.wrongCode(secret, 1), { exchange: 3 }))?.verdict).toBe("reject");
    const second = await world.reply(other.exchangeId);
    world.nowMs += CHALLENGE_LIMIT_MS - 1;
    meanwhile = async () => {
      world.nowMs += 1;
    };
    expect((await world.answer(second, world.wrongCode(secret, 2), { exchange: 4 }))?.verdict).toBe("reject");
    expect(world.ends()).toEqual(["1 FAILED_CHALLENGE_SUPERSEDED", "2 FAILED_CHALLENGE_EXPIRED"]);
    const locked = await world.claim({ exchange: 5, station: "s" });
    await world.primary(locked);
    expect(world.ends()).toContain("5 FAILED_AUTHENTICATION_THROTTLED");
  });

  it("ignores an answer past its own deadline", async () => {
    const { world, secret } = enrolled();
    const prompt = await world.prompted({ exchange: 1 });
    const { verifyAnswer } = world;
    const execute = verifyAnswer.execute.bind(verifyAnswer);
    verifyAnswer.execute = (answer) => {
      world.nowMs += TIME_LIMIT_MS + 1;
      return execute(answer);
    };
    expect(await world.answer(prompt, world.code(secret), { exchange: 2 })).toBeUndefined();
    expect(world.factors.taken).toEqual([]);
  });

  it("never accepts the code of a user who was switched off meanwhile, and uses none up", async () => {
    const { world, secret } = enrolled({ maxTries: 1 });
    const prompt = await world.prompted({ exchange: 1 });
    world.factors.setEnabled(ALICE, false);
    expect((await world.answer(prompt, world.code(secret), { exchange: 2 }))?.verdict).toBe("reject");
    expect(world.ends()).toEqual(["1 FAILED_USER_DISABLED"]);
    expect(world.factors.taken).toEqual([]);
  });

  it("takes the code of any of the user's tokens", async () => {
    const { world } = enrolled();
    const secret = world.factors.addToken(ALICE, "T2");
    const prompt = await world.prompted({ exchange: 1 });
    expect((await world.answer(prompt, world.code(secret), { exchange: 2 }))?.verdict).toBe("accept");
    expect(world.decided[0]?.tokenSerial).toBe("T2");
  });

  it("takes no code of a secret that was moved from another token", async () => {
    const { world } = enrolled({ maxTries: 1 });
    const mallory = world.factors.addToken("f".repeat(32) as typeof ALICE, "M1");
    world.factors.swapSecret("T1", "M1");
    const prompt = await world.prompted({ exchange: 1 });
    expect((await world.answer(prompt, world.code(mallory), { exchange: 2 }))?.verdict).toBe("reject");
  });

  it("drops a sealed answer with one bit wrong", async () => {
    const { world, secret } = enrolled();
    const prompt = await world.prompted({ exchange: 1 });
    const { verifyAnswer } = world;
    const execute = verifyAnswer.execute.bind(verifyAnswer);
    verifyAnswer.execute = (answer) => {
      const sealedAnswer = Buffer.from(answer.sealedAnswer);
      sealedAnswer[sealedAnswer.length - 1] = (sealedAnswer.at(-1) ?? 0) ^ 1;
      return execute({ ...answer, sealedAnswer });
    };
    await expect(world.answer(prompt, world.code(secret), { exchange: 2 })).rejects.toThrow("was not sealed");
    expect(world.factors.taken).toEqual([]);
  });

  it("rejects the answer of a locked-out user promptly, and ends her login with the reason", async () => {
    const { world, secret } = enrolled({ lockout: { maxFailures: 1, windowMs: 60_000 } });
    const prompt = await world.prompted({ exchange: 1, station: "one" });
    const other = await world.prompted({ exchange: 2, station: "two" });
    await world.answer(other, world.wrongCode(secret), { exchange: 3 });
    const code = world.code(secret);
    const reply = await world.answer(prompt, code, { exchange: 4 });
    expect(reply).toMatchObject({ verdict: "reject", message: "" });
    expect(reply?.notBeforeMs).toBeGreaterThanOrEqual(world.nowMs + 1_000);
    const ends = ["2 FAILED_OATH_CODE_INCORRECT", "1 FAILED_AUTHENTICATION_THROTTLED"];
    expect(world.ends()).toEqual(ends);
    world.nowMs += 60_000;
    for (const [at, answer] of [code, world.code(secret)].entries()) {
      expect((await world.answer(prompt, answer, { exchange: 5 + at }))?.verdict).toBe("reject");
    }
    world.nowMs += 2 * CHALLENGE_LIMIT_MS;
    await world.sweepOnce();
    expect(world.ends()).toEqual(ends);
    expect(world.factors.taken).toEqual([]);
  });

  it("ends no login of which an answer is under check: that one decides", async () => {
    const { world, secret } = enrolled({ maxTries: 1 });
    const prompt = await world.prompted({ exchange: 1 });
    const find = world.factors.find.bind(world.factors);
    const goOn = Promise.withResolvers<void>();
    world.factors.find = async (userId) => {
      await goOn.promise;
      return find(userId);
    };
    const checked = world.answer(prompt, world.code(secret), { exchange: 2 });
    expect((await world.answer(prompt, world.wrongCode(secret), { exchange: 3 }))?.verdict).toBe("reject");
    expect(world.ends()).toEqual([]);
    goOn.resolve();
    expect((await checked)?.verdict).toBe("accept");
    expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
  });

  describe("with one answer in two exchanges at a time, of which one check fails", () => {
    /** The first check fails once the second is under way, and that one goes on when it is let. */
    async function twoChecks() {
      const { world, secret } = enrolled({ maxTries: 1 });
      world.deliver = async (handle) => void (await handle());
      const find = world.factors.find.bind(world.factors);
      const [second, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const checks = { count: 0, goOn: () => goOn.resolve() };
      const prompt = await world.prompted({ exchange: 1 });
      world.factors.find = async (userId) => {
        checks.count++;
        if (checks.count === 1) {
          await second.promise;
          throw new Unavailable("The database was away.");
        }
        if (checks.count === 2) {
          second.resolve();
          await goOn.promise;
        }
        return find(userId);
      };
      return { world, secret, checks, prompt };
    }

    it("gives back nothing that the other one relies on: no guess gets its try, and it is accepted", async () => {
      const { world, secret, checks, prompt } = await twoChecks();
      const code = world.code(secret);
      const first = world.answer(prompt, code, { exchange: 2 });
      const other = world.answer(prompt, code, { exchange: 3 });
      await expect(first).rejects.toThrow("away");
      expect((await world.answer(prompt, world.wrongCode(secret), { exchange: 4 }))?.verdict).toBe("reject");
      expect(checks.count).toBe(2);
      checks.goOn();
      expect((await other)?.verdict).toBe("accept");
      expect((await world.answer(prompt, code, { exchange: 2 }))?.verdict).toBe("accept");
      expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
      expect(world.factors.taken).toHaveLength(1);
    });

    it("asks again where the reservation is gone, as of one exchange that is delivered twice at a time", async () => {
      const { world, secret, checks, prompt } = await twoChecks();
      const code = world.code(secret);
      const first = world.answer(prompt, code, { exchange: 2 });
      const other = world.answer(prompt, code, { exchange: 2 });
      await expect(first).rejects.toThrow("away");
      checks.goOn();
      await expect(other).rejects.toThrow(Unavailable);
      expect(await world.replyIfAny("2".padStart(32, "0"))).toBeUndefined();
      expect((await world.answer(prompt, code, { exchange: 2 }))?.verdict).toBe("accept");
      expect(world.ends()).toEqual(["1 SUCCESS_OATH_CODE_VERIFIED"]);
      expect(world.factors.taken).toHaveLength(1);
    });
  });
});
