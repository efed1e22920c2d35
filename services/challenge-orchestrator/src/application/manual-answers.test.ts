import type { LoginId } from "@portcullis/login";
import { describe, expect, it } from "vitest";
import { ALICE, id, OrchestratorWorld } from "../testing/orchestrator-world.js";
import { ManualAnswers } from "./manual-answers.js";
import type { GivenFactorAnswer } from "./ports.js";

const FLOOD = 1_200;

function manual() {
  const world = new OrchestratorWorld({ maxOpen: 10_000 });
  world.setClient("phone", {}, { methods: ["manual"] });
  const given: GivenFactorAnswer[] = [];
  const events = { factorAnswered: async (answer: GivenFactorAnswer): Promise<void> => void given.push(answer) };
  return { world, given, answers: new ManualAnswers({ store: world.store, clock: world.clock, events }) };
}

describe("ManualAnswers", () => {
  it("finds a held login behind a flood of others that wait", async () => {
    const { world, answers, given } = manual();
    for (let exchange = 1; exchange <= FLOOD; exchange++) {
      const userId = id(0xb000 + exchange) as typeof ALICE;
      world.factors.addToken(userId, `T${exchange}`);
      await world.primary(await world.claim({ exchange }), { userId });
    }
    const context = await world.claim({ exchange: FLOOD + 1, client: "phone" });
    await world.primary(context);
    for (let exchange = FLOOD + 2; exchange <= 2 * FLOOD; exchange++) await world.claim({ exchange });
    const { loginId } = context;
    expect(await answers.waiting()).toMatchObject({ logins: [{ loginId, userName: "alice" }], more: false });
    expect(await answers.answer(loginId, true)).toBe(true);
    expect(given).toMatchObject([{ loginId, userId: ALICE, answer: { channel: "operator", word: "approve" } }]);
  });

  it("shows some of very many, says so, and answers every one of them", async () => {
    const { world, answers, given } = manual();
    for (let exchange = 1; exchange <= 600; exchange++) {
      const context = await world.claim({ exchange, client: "phone" });
      await world.primary(context, { userId: id(0xb000 + exchange) as typeof ALICE });
    }
    const { logins, more } = await answers.waiting();
    expect([logins.length, more]).toEqual([500, true]);
    expect(await answers.answer(id(600) as LoginId, false)).toBe(true);
    expect(given).toMatchObject([{ loginId: id(600), userId: id(0xb000 + 600) }]);
  });

  it("names whom the target named, where the request had another name", async () => {
    const { world, answers } = manual();
    const named = async (exchange: number, userName: string, provenName?: string) => {
      const context = await world.claim({ exchange, client: "phone", userName, station: `pc-${exchange}` });
      const userId = id(0xb000 + exchange) as typeof ALICE;
      await world.primary(context, { userId, ...(provenName === undefined ? {} : { provenName }) });
      return answers.find(context.loginId);
    };
    expect(await named(1, "anonymous@corp.example", "alice")).toMatchObject({
      userName: "anonymous@corp.example",
      provenName: "alice",
    });
    expect(await named(2, "CORP\\Alice", "alice")).not.toHaveProperty("provenName");
    expect(await named(3, "bob")).not.toHaveProperty("provenName");
  });

  it("answers nothing that shows a prompt, has ended or was never there", async () => {
    const { world, answers, given } = manual();
    await world.prompted({ exchange: 1 });
    const held = await world.claim({ exchange: 2, client: "phone", station: "pc" });
    await world.primary(held);
    await world.approve(held, true);
    for (const number of [1, 2, 3]) expect(await answers.answer(id(number) as LoginId, true)).toBe(false);
    expect(given).toEqual([]);
  });
});
